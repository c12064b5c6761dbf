using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>A <see cref="PipeReader"/>, a <see cref="PipeWriter"/> or both as an end of a flow: made non-blocking by
/// taking a pending call for a wait, whose completion is the edge.</summary>
/// <remarks>Nothing is copied into memory between: what the reader has is written from where it is, and the next read
/// gives it back; what a descriptor has is read into the writer's memory, and the write is then only a flush. Both are
/// code of the program, believed in as little as a <see cref="Stream"/>.</remarks>
internal sealed class PipelineEnd : FlowEnd
{
    // Of the writer's memory one read takes: a segment of a pipe is 4 KiB by itself, and each read is a call.
    private const int SpaceBytes = 16 * 1024;

    private readonly PipeReader? _reader;
    private readonly PipeWriter? _writer;
    private readonly CancellationToken _cancellation;
    private readonly Block _loan = new(); // Of the reader's memory.
    private readonly Block _space = new(); // Of the writer's.
    private PendingCall<ReadResult> _read;
    private PendingCall<FlushResult> _flush;
    private StreamIo _completion;
    private Action? _readCompleted;
    private Action? _writeCompleted;
    private ReadOnlySequence<byte> _rest; // What the last read brought and the flow has not taken.
    private bool _holdsRead; // The reader waits to be told how much of it was taken.
    private bool _isLastRead; // Nothing comes after it.
    private int _flushing; // Bytes.
    private bool _readerIsGone; // Who reads what is written.
    private Exception? _exception;

    /// <param name="endpoint">The reader, the writer.</param>
    /// <param name="runner">Whose end it is: posted when a pending call has completed.</param>
    internal PipelineEnd(in Endpoint endpoint, FlowRunner runner)
    {
        _reader = endpoint.Reader;
        _writer = endpoint.Writer;
        _cancellation = runner.StreamCancellation;
        Runner = runner;
    }

    internal override Block? Loan => _loan;

    internal override bool MayPostLate => true;

    internal override bool ServesOnce => true;

    internal override bool NeedsFlush => true; // What a write has failed with after it had the bytes.

    internal override bool IsWriting => _flush.State is StreamIo.Step.Pending or StreamIo.Step.Lost;

    internal override bool WriteIsOver => _flush.State == StreamIo.Step.Completed;

    internal override bool IsBusy => _read.State == StreamIo.Step.Pending || _flush.State == StreamIo.Step.Pending
        || _completion.State == StreamIo.Step.Pending;

    internal override Exception? Exception => _exception;

    internal override string ReadName => nameof(PipeReader.ReadAsync);

    internal override string WriteName => nameof(PipeWriter.FlushAsync);

    internal bool Is(in Endpoint endpoint)
        => ReferenceEquals(_reader, endpoint.Reader) && ReferenceEquals(_writer, endpoint.Writer);

    /// <summary>One that has called back is looked at, and its marks say what was seen.</summary>
    internal override void TakeEdges()
    {
        if (!HasNewEdges)
        {
            return;
        }

        Readiness edges = TakeNewEdges();
        try
        {
            _read.Look();
            _flush.Look();
            _ = _completion.Look();
        }
        catch (Exception e)
        {
            _ = Failed(e); // And so the next call does.
        }

        bool isWriting = _flush.State == StreamIo.Step.Pending || _completion.State == StreamIo.Step.Pending;
        Marks |= edges & (_read.State == StreamIo.Step.Pending ? Readiness.None : Readiness.Readable);
        Marks |= edges & (isWriting ? Readiness.None : Readiness.Writable);
    }

    internal override bool IsDisposed() => false; // Of one that was completed the next call tells.

    internal override Moved Read(Block block, int length)
    {
        Debug.Assert(block == _loan);
        try
        {
            if (!_rest.IsEmpty)
            {
                return Lend(length);
            }

            GiveBack();
            if (_isLastRead)
            {
                return Moved.Bytes(0);
            }

            if (_read.State == StreamIo.Step.Idle)
            {
                _read.Begin(_reader!.ReadAsync(_cancellation), _readCompleted ??= ReadCompleted);
            }

            if (_read.State != StreamIo.Step.Completed)
            {
                return Unfinished(_read.State);
            }

            Take(_read.Take());
            if (!_rest.IsEmpty || _isLastRead)
            {
                return _rest.IsEmpty ? Moved.Bytes(0) : Lend(length);
            }

            ReadCompleted(); // Nothing, and no end: it is asked again in a later turn.
            return Moved.WouldBlock;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    internal override Block? LendSpace(int length)
    {
        if (_flush.State != StreamIo.Step.Idle)
        {
            return null;
        }

        try
        {
            Memory<byte> space = _writer!.GetMemory(Math.Min(length, SpaceBytes));
            if (space.IsEmpty)
            {
                return null;
            }

            _space.Lend(space[..Math.Min(space.Length, BlockPool.LargeBytes)]);
            return _space;
        }
        catch (Exception)
        {
            return null; // The write says it again, as its own failure.
        }
    }

    internal override Moved Write(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (_flush.State == StreamIo.Step.Idle)
            {
                if (_readerIsGone || _exception is not null)
                {
                    return Moved.Failed((int)Sys.Errno.EPIPE);
                }

                Put(bytes);
                _flushing = bytes.Length; // From here on they are the writer's, whatever its flush says.
                _flush.Begin(_writer!.FlushAsync(_cancellation), _writeCompleted ??= WriteCompleted);
            }

            if (_flush.State != StreamIo.Step.Completed)
            {
                return Unfinished(_flush.State);
            }

            TakeFlush();
        }
        catch (Exception e)
        {
            Moved failed = Failed(e);
            if (_flushing == 0)
            {
                return failed;
            }
        }

        int count = _flushing;
        _flushing = 0;
        return Moved.Bytes(count);
    }

    internal override Moved Flush() => _exception is null ? Moved.Bytes(0) : Failed(_exception);

    internal override int DeathOf() => _readerIsGone ? (int)Sys.Errno.EPIPE : 0;

    internal override Moved FinishWriting()
    {
        try
        {
            if (_completion.State == StreamIo.Step.Idle)
            {
                _completion.BeginWrite(_writer!.CompleteAsync(), 0, _writeCompleted ??= WriteCompleted);
            }

            return _completion.State == StreamIo.Step.Completed
                ? Moved.Bytes(_completion.Take()) : Unfinished(_completion.State);
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    /// <summary>The reader learns how much was taken, and keeps the rest for whoever reads next.</summary>
    internal override void Close()
    {
        if (_read.State == StreamIo.Step.Completed)
        {
            try
            {
                Take(_read.Take());
            }
            catch (Exception e)
            {
                _ = Failed(e); // It has brought nothing that could be given back, and the flow is over.
            }
        }

        GiveBack();
    }

    internal override void CloseOwned(bool reset) => Complete(_reader, _writer, reset);

    /// <summary>Ends both for good. Who reads what was written sees an error if its stream was cut off.</summary>
    internal static void Complete(PipeReader? reader, PipeWriter? writer, bool reset)
    {
        try
        {
            writer?.Complete(reset ? ThrowHelper.CutOff() : null);
        }
        finally
        {
            reader?.Complete();
        }
    }

    private void Take(ReadResult result)
    {
        _holdsRead = true;
        _rest = result.Buffer;
        if (result.IsCanceled)
        {
            throw new OperationCanceledException($"{nameof(PipeReader.CancelPendingRead)} was called.");
        }

        _isLastRead = result.IsCompleted;
    }

    private Moved Lend(int length)
    {
        SequencePosition at = _rest.Start;
        ReadOnlyMemory<byte> first;
        do
        {
            _ = _rest.TryGet(ref at, out first);
        }
        while (first.IsEmpty); // A segment may be.

        first = first[..Math.Min(first.Length, length)];
        _rest = _rest.Slice(first.Length);
        _loan.Lend(MemoryMarshal.AsMemory(first)); // Which nobody writes to.
        return Moved.Bytes(first.Length);
    }

    private void TakeFlush()
    {
        FlushResult flushed = _flush.Take();
        if (flushed.IsCanceled)
        {
            throw new OperationCanceledException($"{nameof(PipeWriter.CancelPendingFlush)} was called.");
        }

        if (flushed.IsCompleted)
        {
            _readerIsGone = true;
            Marks |= Readiness.Failed;
        }
    }

    /// <summary>What was lent is written, or lost with the flow that ends: the memory is the reader's again.</summary>
    private void GiveBack()
    {
        _loan.Lend(default);
        if (_holdsRead)
        {
            _holdsRead = false;
            SequencePosition taken = _rest.Start;
            _rest = default;
            _reader!.AdvanceTo(taken);
        }
    }

    private void Put(ReadOnlyMemory<byte> bytes)
    {
        if (_space.Pending > 0)
        {
            Debug.Assert(bytes.Length == _space.Pending); // They are there already.
            _writer!.Advance(bytes.Length);
        }
        else
        {
            _writer!.Write(bytes.Span);
        }
    }

    private void ReadCompleted() => OnReadiness(Readiness.Readable);

    private void WriteCompleted() => OnReadiness(Readiness.Writable);

    /// <summary>Of one that was lost the exception has been told before.</summary>
    private static Moved Unfinished(StreamIo.Step step)
        => step == StreamIo.Step.Pending ? Moved.WouldBlock : Moved.Failed((int)Sys.Errno.EIO);

    // Any exception: what the program's code throws ends this transfer, with it as the cause, and nothing else.
    private Moved Failed(Exception e)
    {
        _exception = e;
        return Moved.Failed((int)Sys.Errno.EIO);
    }
}
