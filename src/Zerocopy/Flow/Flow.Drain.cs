using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The half of the flow that gives bytes to the destination, and what happens when the kernel
/// refuses.</summary>
internal sealed partial class Flow
{
    /// <summary>Writes everything that is in transit, not only what was just taken.</summary>
    private StepOutcome? Drain()
    {
        if (!_destination.Has(Readiness.Writable))
        {
            return WaitForDestination();
        }

        ReadOnlyMemory<byte> memory = _transit.Memory;
        if (memory.Length > 0)
        {
            return DrainMemory(memory);
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
        _transit.Drained(count);
    }

    private void CountWritten(int count)
    {
        _counters.Buffered += count;
        if (!IsCall)
        {
            _resources.Totals.AddBytes(TransferMechanism.ReadWrite, count);
        }

        _mirror?.Left(count);
    }

    private StepOutcome? DrainPipe()
    {
        SplicePipe pipe = _transit.OwnPipe!;
        int length = pipe.Pending;
        if (!TryMirrorPipe(ref length, out StepOutcome? stop))
        {
            return stop;
        }

        Moved moved = _resources.Kernel!.Splice(pipe.ReadEnd, _destination.Fd, length, _destination.Offset);
        if (moved.IsWouldBlock)
        {
            _destination.Clear(Readiness.Writable);
            return WaitForDestination();
        }

        if (moved.IsError)
        {
            _transit.Distrust();
            return CanFallBack(KernelCall.SpliceDrain, moved.Error)
                ? FallBack(moved.Error)
                : Fail(TransferSide.Destination, _destination, "splice", moved.Error);
        }

        if (moved.Count == 0)
        {
            _transit.Distrust();
            return Fail(TransferSide.Destination, _destination, "splice", (int)Errno.EIO);
        }

        _transit.Drained(moved.Count);
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

    private StepOutcome? ReadPipeBack()
    {
        Moved read = _transit.ReadBack();
        return read.IsError ? Fail(TransferSide.None, _source, "read", read.Error) : null;
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
        if (_transit.OwnPipe is { Pending: 0 })
        {
            _transit.Distrust();
            _transit.ReleasePipe();
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
}
