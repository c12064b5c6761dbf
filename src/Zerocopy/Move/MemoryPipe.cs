using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;

namespace Zerocopy;

/// <summary>A pipe in memory, for where the kernel has none: the same rules, over System.IO.Pipelines.</summary>
/// <remarks>Nothing here waits: a call that cannot go on says would-block, and whoever subscribed is told of every
/// change. The gate is held for copying only.</remarks>
internal sealed class MemoryPipe : PipeCore
{
    private const int EPipe = 32; // As the kernel says when nobody can read any more.

    private readonly System.IO.Pipelines.Pipe _queue = new(new PipeOptions(
        pauseWriterThreshold: 0, useSynchronizationContext: false)); // Its own back-pressure counts whole flushes.

    private readonly List<IPipeWatcher> _watchers = [];
    private int _capacity;
    private int _queued;
    private bool _isReadClosed;
    private bool _isWriteClosed;

    internal MemoryPipe(int capacity) => _capacity = RoundUp(capacity);

    internal override bool IsKernelPipe => false;

    internal override bool IsReadClosed => Volatile.Read(ref _isReadClosed);

    internal override bool IsWriteClosed => Volatile.Read(ref _isWriteClosed);

    /// <summary>Told of every change from here on, on any thread, until <see cref="Unsubscribe"/>.</summary>
    internal void Subscribe(IPipeWatcher watcher)
    {
        lock (_watchers)
        {
            _watchers.Add(watcher);
        }
    }

    internal void Unsubscribe(IPipeWatcher watcher)
    {
        lock (_watchers)
        {
            _ = _watchers.Remove(watcher);
        }
    }

    internal override int GetCapacity()
    {
        lock (Gate)
        {
            RequireOpen();
            return _capacity;
        }
    }

    internal override void SetCapacity(int bytes)
    {
        lock (Gate)
        {
            RequireOpen();
            int rounded = RoundUp(bytes);
            if (rounded < _queued)
            {
                const int EBusy = 16;
                throw ThrowHelper.Kernel("fcntl", EBusy);
            }

            _capacity = rounded;
        }

        Tell();
    }

    internal override int GetAvailable()
    {
        lock (Gate)
        {
            return _isReadClosed ? throw ThrowHelper.PipeClosed("read") : _queued;
        }
    }

    internal override void Dispose()
    {
        lock (Gate)
        {
            _ = EndWrite(null); // First: whoever sees that nobody reads has to see that it is disposed.
            _ = EndRead();
        }

        Tell();
    }

    internal override void CloseRead()
    {
        lock (Gate)
        {
            if (!EndRead())
            {
                return;
            }
        }

        Tell();
    }

    internal override void CloseWrite(Exception? fault)
    {
        lock (Gate)
        {
            if (!EndWrite(fault))
            {
                return;
            }
        }

        Tell();
    }

    /// <summary>Takes what fits.</summary>
    internal Moved TryWrite(ReadOnlySpan<byte> bytes)
    {
        int count;
        lock (Gate)
        {
            if (_isReadClosed || _isWriteClosed)
            {
                return Moved.Failed(EPipe);
            }

            count = Math.Min(bytes.Length, _capacity - _queued);
            if (count == 0)
            {
                return Moved.WouldBlock;
            }

            _queue.Writer.Write(bytes[..count]);
            ValueTask<FlushResult> flushed = _queue.Writer.FlushAsync();
            Debug.Assert(flushed.IsCompletedSuccessfully);
            _queued += count;
        }

        Tell();
        return Moved.Bytes(count);
    }

    /// <summary>Gives what is there, as far as the tees let it; 0 at the end.</summary>
    internal Moved TryRead(Span<byte> buffer)
    {
        int count;
        lock (Gate)
        {
            if (_isReadClosed)
            {
                return Moved.Failed(EPipe);
            }

            if (_queued == 0)
            {
                return _isWriteClosed ? Ended() : Moved.WouldBlock;
            }

            bool read = _queue.Reader.TryRead(out ReadResult result);
            Debug.Assert(read);
            count = Math.Min(buffer.Length, _queued);
            ReadOnlySequence<byte> bytes = result.Buffer.Slice(0, count);
            Head head = new(this, bytes);
            Moved allowed = Tees.IsActive ? Tees.Offer(ref head, count) : Moved.Bytes(count);
            if (allowed.IsError)
            {
                _queue.Reader.AdvanceTo(result.Buffer.Start);
                return allowed;
            }

            count = allowed.Count;
            bytes = bytes.Slice(0, count);
            bytes.CopyTo(buffer);
            _queue.Reader.AdvanceTo(bytes.End);
            _queued -= count;
            Tees.Left(count);
        }

        Tell();
        return Moved.Bytes(count);
    }

    private bool EndRead()
    {
        if (_isReadClosed)
        {
            return false;
        }

        _isReadClosed = true;
        _queue.Reader.Complete();
        _queued = 0;
        Tees.End(TeeEnd.SourceClosed);
        return true;
    }

    private bool EndWrite(Exception? fault)
    {
        if (_isWriteClosed)
        {
            return false;
        }

        Fault = fault;
        _isWriteClosed = true;
        _queue.Writer.Complete();
        return true;
    }

    private void RequireOpen()
    {
        if (_isReadClosed && _isWriteClosed)
        {
            throw ThrowHelper.PipeClosed("read and write");
        }
    }

    private Moved Ended()
    {
        Tees.End(Fault is null ? TeeEnd.EndOfStream : TeeEnd.SourceClosed);
        return Moved.Bytes(0);
    }

    private static int RoundUp(int bytes)
        => (int)Math.Min(
            int.MaxValue, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes, PageBudget.PageBytes)));

    private void Tell()
    {
        IPipeWatcher[] told;
        lock (_watchers)
        {
            if (_watchers.Count == 0)
            {
                return;
            }

            told = [.. _watchers];
        }

        foreach (IPipeWatcher watcher in told)
        {
            watcher.OnChange();
        }
    }

    private readonly struct Head(MemoryPipe pipe, ReadOnlySequence<byte> bytes) : ITeeHead
    {
        public bool CanSkip => true;

        public bool IsDry => false;

        public bool IsTee => false;

        public bool IsRefusal(int error) => false;

        public Moved Give(int target, int skip, int length)
        {
            int given = 0;
            MemoryPipe to = (MemoryPipe)pipe.Targets[target];
            foreach (ReadOnlyMemory<byte> part in bytes.Slice(skip, length))
            {
                Moved written = to.TryWrite(part.Span);
                if (written.IsError)
                {
                    return given > 0 ? Moved.Bytes(given) : written;
                }

                given += written.Count;
                if (written.Count < part.Length)
                {
                    break; // The next part would leave a gap, if its reader made room meanwhile.
                }
            }

            return Moved.Bytes(given);
        }
    }
}
