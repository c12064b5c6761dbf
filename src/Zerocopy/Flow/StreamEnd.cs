using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>A <see cref="Stream"/> as an end of a flow: made non-blocking by taking a pending operation for a wait,
/// whose completion is the edge.</summary>
/// <remarks>Reads and writes are apart, so one stream can serve both directions of a relay. In a sync transfer the
/// stream's sync methods are called and nothing is ever pending.</remarks>
internal sealed class StreamEnd : FlowEnd
{
    private readonly Stream _stream;
    private readonly bool _isSync;
    private readonly bool _waitsForData;
    private readonly IEndOwner _ends;
    private readonly LoopWork? _owner;
    private readonly CancellationToken _cancellation;
    private readonly Socket? _socket;
    private Operation<int> _read;
    private Operation<int> _write;
    private bool _dataIsThere;
    private int _edges;
    private int _writeLength;
    private Exception? _exception;

    /// <param name="endpoint">The stream.</param>
    /// <param name="ends">Whose end it is. An operation is posted when a pending call has completed; for a sync
    /// transfer the sync methods are called.</param>
    internal StreamEnd(in Endpoint endpoint, IEndOwner ends)
    {
        _stream = endpoint.Stream!;
        _socket = endpoint.Socket;
        _ends = ends;
        _owner = ends.Operation;
        _isSync = _owner is null;
        _cancellation = ends.StreamCancellation;
        _waitsForData = !_isSync && SupportsZeroByteRead(_stream);
    }

    private enum Step
    {
        /// <summary>No operation.</summary>
        Idle,

        /// <summary>An operation is going on; it owns its buffer.</summary>
        Pending,

        /// <summary>It is over and its result has not been taken.</summary>
        Completed,
    }

    // Until its result is taken: a read that has just completed has its bytes nowhere but in that block.
    internal override bool IsReading => _read.Step != Step.Idle && !_read.IsEmpty;

    internal override bool IsProbing => _read.Step == Step.Pending && _read.IsEmpty;

    internal override bool IsWriting => _write.Step == Step.Pending;

    internal override bool ReadIsOver => _read.Step == Step.Completed && !_read.IsEmpty;

    internal override bool WriteIsOver => _write.Step == Step.Completed && !_write.IsEmpty;

    internal override bool NeedsFlush => true;

    internal override Exception? Exception => _exception;

    internal override string ReadName => "Read";

    internal override string WriteName => "Write";

    internal bool Is(Stream stream) => ReferenceEquals(_stream, stream);

    internal override void TakeEdges()
    {
        if (_edges != 0)
        {
            Marks |= (Readiness)Interlocked.Exchange(ref _edges, 0);
        }
    }

    internal override bool IsDisposed()
        => _exception is ObjectDisposedException || (!_stream.CanRead && !_stream.CanWrite)
            || (_exception is not null && _socket is { SafeHandle.IsClosed: true })
            || (_exception is IOException { InnerException: SocketException inner }
                && inner.SocketErrorCode == SocketError.OperationAborted);

    internal override Moved Read(Block block, int length)
    {
        try
        {
            if (_isSync)
            {
                using Unleased unleased = new(_ends);
                return Moved.Bytes(_stream.Read(block.Span[..length]));
            }

            if (_read.Step == Step.Idle)
            {
                // A zero-byte read waits for data without owning a buffer.
                bool probe = _waitsForData && !_dataIsThere;
                Memory<byte> target = probe ? Memory<byte>.Empty : block.Memory[..length];
                Begin(ref _read, _stream.ReadAsync(target, _cancellation), probe, Readiness.Readable);
            }

            if (_read.Step == Step.Pending)
            {
                return Moved.WouldBlock;
            }

            int count = _read.Take(out bool wasProbe);
            _dataIsThere = wasProbe || count == length;
            return wasProbe ? Read(block, length) : Moved.Bytes(count);
        }
        catch (Exception e) when (Record(e))
        {
            return Moved.Failed((int)Sys.Errno.EIO);
        }
    }

    internal override Moved Write(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_isSync)
            {
                using Unleased unleased = new(_ends);
                _stream.Write(bytes.Span);
                return Moved.Bytes(bytes.Length);
            }

            if (_write.Step == Step.Idle)
            {
                _writeLength = bytes.Length;
                Begin(ref _write, Counted(_stream.WriteAsync(bytes, _cancellation)), false, Readiness.Writable);
            }

            return TakeWrite(_writeLength);
        }
        catch (Exception e) when (Record(e))
        {
            return Moved.Failed((int)Sys.Errno.EIO);
        }
    }

    internal override Moved Flush()
    {
        try
        {
            if (_isSync)
            {
                using Unleased unleased = new(_ends);
                _stream.Flush();
                return Moved.Bytes(0);
            }

            if (_write.Step == Step.Idle)
            {
                Begin(ref _write, Counted(new ValueTask(_stream.FlushAsync(_cancellation))), true, Readiness.Writable);
            }

            return TakeWrite(0);
        }
        catch (Exception e) when (Record(e))
        {
            return Moved.Failed((int)Sys.Errno.EIO);
        }
    }

    internal override Moved FinishWriting()
    {
        try
        {
            if (_socket is not null)
            {
                _socket.Shutdown(SocketShutdown.Send);
                return Moved.Bytes(0);
            }

            if (_stream is not SslStream ssl)
            {
                return Flush();
            }

            if (_write.Step == Step.Idle)
            {
                Begin(ref _write, Counted(new ValueTask(ssl.ShutdownAsync())), true, Readiness.Writable);
            }

            return TakeWrite(0);
        }
        catch (Exception e) when (Record(e))
        {
            return Moved.Failed((int)Sys.Errno.EIO);
        }
    }

    internal override void CloseOwned(bool reset)
    {
        if (_socket is not null && reset)
        {
            _socket.Close(0);
        }

        _stream.Dispose();
        _socket?.Dispose();
    }

    // Types of the base library that answer a zero-byte read when there is data. Others may answer at once, or never.
    private static bool SupportsZeroByteRead(Stream stream)
        => stream.GetType() == typeof(NetworkStream) || stream.GetType() == typeof(SslStream)
            || stream.GetType() == typeof(NamedPipeServerStream) || stream.GetType() == typeof(NamedPipeClientStream);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> Counted(ValueTask write)
    {
        await write.ConfigureAwait(false);
        return 0;
    }

    private Moved TakeWrite(int length)
    {
        if (_write.Step == Step.Pending)
        {
            return Moved.WouldBlock;
        }

        _ = _write.Take(out _);
        return Moved.Bytes(length);
    }

    private void Begin(ref Operation<int> operation, ValueTask<int> task, bool empty, Readiness mark)
    {
        Debug.Assert(operation.Step == Step.Idle);
        operation.Task = task;
        operation.IsEmpty = empty;
        if (task.IsCompleted)
        {
            operation.Completed = true;
        }
        else
        {
            operation.Started = true;
            Action completed = mark == Readiness.Readable ? ReadCompleted : WriteCompleted;
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(completed);
        }
    }

    private void ReadCompleted()
    {
        Volatile.Write(ref _read.Completed, true);
        Edge(Readiness.Readable);
    }

    private void WriteCompleted()
    {
        Volatile.Write(ref _write.Completed, true);
        Edge(Readiness.Writable);
    }

    private void Edge(Readiness mark)
    {
        _ = Interlocked.Or(ref _edges, (int)mark);
        _owner!.Post();
    }

    private bool Record(Exception e)
    {
        _exception = e;
        return e is not (OutOfMemoryException or AccessViolationException);
    }

    /// <summary>The other ends of a sync transfer are not leased while this stream blocks: whoever disposes them must
    /// not wait for us.</summary>
    private readonly ref struct Unleased
    {
        private readonly IEndOwner _ends;

        internal Unleased(IEndOwner ends)
        {
            _ends = ends;
            ends.ExitEnds();
        }

        // What was closed meanwhile is marked so, and its next call fails with EBADF.
        public void Dispose() => _ends.EnterEnds();
    }

    private struct Operation<T>
    {
        internal ValueTask<T> Task;
        internal bool IsEmpty; // It carries no bytes: a zero-byte read, a flush.
        internal bool Started;
        internal bool Completed; // Set by the completing thread.

        internal readonly Step Step
            => Volatile.Read(in Completed) ? Step.Completed : Started ? Step.Pending : Step.Idle;

        internal T Take(out bool wasEmpty)
        {
            Debug.Assert(Step == Step.Completed);
            ValueTask<T> task = Task;
            wasEmpty = IsEmpty;
            this = default;
            return task.GetAwaiter().GetResult(); // Throws what the operation threw.
        }
    }
}
