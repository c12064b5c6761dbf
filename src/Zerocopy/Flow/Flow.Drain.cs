using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The half of the flow that gives bytes to the destination, and what happens when the kernel
/// refuses.</summary>
internal sealed partial class Flow
{
    private ReadOnlyMemory<byte> _prefix;

    /// <summary>Writes everything that is in transit, not only what was just taken.</summary>
    private StepOutcome? Drain()
    {
        if (!_destination.Has(Readiness.Writable))
        {
            return WaitForDestination();
        }

        if (_prefix.Length > 0)
        {
            return DrainMemory(_prefix);
        }

        if (_block is { Pending: > 0 } block)
        {
            return DrainMemory(block.PendingMemory);
        }

        return _tactics.Mover == FlowMover.ReadWrite ? ReadPipeBack() : DrainPipe();
    }

    private StepOutcome? DrainMemory(ReadOnlyMemory<byte> bytes)
    {
        if (!TryMirror(ref bytes, out StepOutcome? stop))
        {
            return stop;
        }

        if (!TryWrite(bytes, out int written, out stop))
        {
            return stop;
        }

        TakeWritten(written);
        _unflushed |= _destination.NeedsFlush;
        return Drained();
    }

    private bool TryWrite(ReadOnlyMemory<byte> bytes, out int count, out StepOutcome? stop)
    {
        count = 0;
        Moved written = _destination.Write(bytes);
        if (written.IsWouldBlock)
        {
            _destination.Clear(Readiness.Writable);
            stop = WaitForDestination();
            return false;
        }

        if (written.IsError || written.Count == 0)
        {
            // Nothing taken and no error: trying again would loop for ever.
            int error = written.IsError ? written.Error : (int)Errno.EIO;
            stop = Fail(TransferSide.Destination, _destination, _destination.WriteName, error);
            return false;
        }

        count = written.Count;
        stop = null;
        return true;
    }

    private void TakeWritten(int count)
    {
        CountWritten(count);
        if (_prefix.Length > 0)
        {
            _prefix = _prefix[count..];
        }
        else
        {
            _block!.Drained(count);
        }
    }

    private void CountWritten(int count)
    {
        _counters.Buffered += count;
        if (!IsCall)
        {
            _resources.Totals.AddBytes(TransferRoute.ReadWrite, count);
        }

        _mirror?.Left(count);
    }

    private StepOutcome? DrainPipe()
    {
        int length = _pipe!.Pending;
        if (!TryMirrorPipe(ref length, out StepOutcome? stop))
        {
            return stop;
        }

        Moved moved = _resources.Kernel!.Splice(_pipe.ReadEnd, _destination.Fd, length, _destination.Offset);
        if (moved.IsWouldBlock)
        {
            _destination.Clear(Readiness.Writable);
            return WaitForDestination();
        }

        if (moved.IsError)
        {
            _pipeTrusted = false;
            return CanFallBack(KernelCall.SpliceDrain, moved.Error)
                ? FallBack(moved.Error)
                : Fail(TransferSide.Destination, _destination, "splice", moved.Error);
        }

        if (moved.Count == 0)
        {
            _pipeTrusted = false;
            return Fail(TransferSide.Destination, _destination, "splice", (int)Errno.EIO);
        }

        _pipe.Drained(moved.Count);
        _counters.InKernel += moved.Count;
        _resources.Totals.AddBytes(Route, moved.Count);
        _destination.Took(moved.Count);
        _mirror?.Left(moved.Count);
        return Drained();
    }

    private StepOutcome? Drained()
    {
        if (!HasTransit)
        {
            _state = FlowState.Filling;
            if (_endsWithFirstRead)
            {
                return Finish(TransferEnd.LimitReached);
            }
        }

        return null;
    }

    /// <summary>Bytes that splice can no longer deliver come out of the pipe through a block. They never go back into
    /// it: that would reorder them.</summary>
    private StepOutcome? ReadPipeBack()
    {
        Debug.Assert(_pipe is { Pending: > 0 } && _block is not { Pending: > 0 });
        _block ??= _resources.Blocks.TryRent(small: false) ?? _resources.Blocks.RentLeast();
        Moved read = ReadPipe(_block.Span);
        if (read.IsError || read.Count == 0)
        {
            return Fail(TransferSide.None, _source, "read", read.IsError ? read.Error : (int)Errno.EIO);
        }

        _pipe.Drained(read.Count);
        _block.Filled(read.Count);
        return null;
    }

    private unsafe Moved ReadPipe(Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return _resources.Kernel!.ReadPipe(_pipe!.ReadEnd, start, Math.Min(_pipe.Pending, bytes.Length));
        }
    }

    /// <summary>A stalled flow keeps 16 KiB rather than 64 where that is enough, and no block that is empty.</summary>
    private StepOutcome? WaitForDestination()
    {
        const int Small = BlockPool.SmallBytes;
        ReleaseEmpty();
        if (_block is { Pending: <= Small, Size: > Small } && !_destination.IsWriting
            && _resources.Blocks.TryRent(small: true) is { } small)
        {
            small.TakeFrom(_block);
            _resources.Blocks.Return(_block);
            _block = small;
        }

        return StepOutcome.DestinationNotReady;
    }

    /// <summary>About to wait for something else than the source: what is held is what is in transit.</summary>
    private void ReleaseEmpty()
    {
        if (_block is { Pending: 0 } && !_destination.IsWriting)
        {
            ReleaseBlock();
        }

        if (_pipe is { Pending: 0 })
        {
            ReleasePipe();
        }
    }

    private StepOutcome? Flush()
    {
        Moved flushed = _destination.Flush();
        if (flushed.IsWouldBlock)
        {
            _destination.Clear(Readiness.Writable);
            return StepOutcome.DestinationNotReady;
        }

        if (flushed.IsError)
        {
            return Fail(TransferSide.Destination, _destination, "Flush", flushed.Error);
        }

        _unflushed = false;
        if (End != TransferEnd.None)
        {
            return EndWith(End, Fault);
        }

        _state = FlowState.Filling;
        return null;
    }

    /// <summary>The kernel refuses this pair. Nothing is lost: what is in the pipe is read back, and reading goes on
    /// from the exact position. Sticky for this flow, never for the process.</summary>
    private StepOutcome? FallBack(int error)
    {
        Debug.Assert(!_tactics.MustNotCopy);
        _tactics.CopyForGood();
        TellRefusal(error);
        if (_pipe is { Pending: 0 })
        {
            _pipeTrusted = false;
            ReleasePipe();
        }

        return null;
    }

    /// <summary>Once for each errno: for want of a pipe it is refused again and again.</summary>
    private void TellRefusal(int error)
    {
        if (_counters.FallbackError != error)
        {
            _counters.FallbackError = error;
            ProcessTotals.AddFallback(error);
        }
    }

    private bool CanFallBack(KernelCall call, int error)
        => !_tactics.MustNotCopy && Refusals.IsRefusal(call, error, isAtStart: _counters.InKernel == 0);

    /// <summary>Collects what is in transit, in order.</summary>
    private byte[] TakeTransit()
    {
        int inPipe = _pipe?.Pending ?? 0;
        ReadOnlySpan<byte> inBlock = _block is null ? default : _block.PendingMemory.Span;
        byte[] bytes = new byte[_prefix.Length + inBlock.Length + inPipe];
        _prefix.Span.CopyTo(bytes);
        int at = _prefix.Length;
        inBlock.CopyTo(bytes.AsSpan(at));
        at += inBlock.Length;
        while (_pipe is { Pending: > 0 })
        {
            Moved read = ReadPipe(bytes.AsSpan(at));
            if (read.IsError || read.Count == 0)
            {
                throw ThrowHelper.Kernel("read", read.Error); // Our own pipe, which holds bytes.
            }

            at += read.Count;
            _pipe.Drained(read.Count);
        }

        return bytes;
    }
}
