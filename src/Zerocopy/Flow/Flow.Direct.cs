namespace Zerocopy;

/// <summary>The one call that takes and gives at once: a splice where an end is the user's pipe, sendfile or
/// copy_file_range from a file.</summary>
internal sealed partial class Flow
{
    private const int RacesMax = 4;
    private const int RefusedMsLog = 4; // It tries again after 1 ms, and after 16 at most.

    private byte _races; // Calls in a row that would block although both ends were ready.

    /// <summary>The call of the route.</summary>
    private string RouteName => Route switch
    {
        TransferMechanism.Sendfile => "sendfile",
        TransferMechanism.CopyFileRange => "copy_file_range",
        _ => "splice",
    };

    private KernelCall DirectCall => Route switch
    {
        TransferMechanism.Sendfile => KernelCall.Sendfile,
        TransferMechanism.CopyFileRange => KernelCall.CopyFileRange,
        _ when _source is FileEnd => KernelCall.SpliceFile,
        _ => _source.IsSharedPipe ? KernelCall.SplicePipe : KernelCall.SpliceSocket,
    };

    /// <summary>Nothing is in transit here. But a pipe is not ours alone, somebody else fills or drains it, so
    /// would-block may mean either end: both are asked, and the one that is not ready is waited for.</summary>
    private StepOutcome? MoveDirectly(int length, long nowMs)
    {
        if (!_destination.Has(Readiness.Writable))
        {
            return WaitForDestination();
        }

        Moved moved = _source.MoveTo(_destination.Fd, Route, length, _destination.Offset);
        if (moved.IsWouldBlock)
        {
            return _source.Blocker is null && !_source.IsOnDisk ? AskBoth(length, nowMs) : SourceWouldBlock();
        }

        if (moved.IsError)
        {
            return !_source.IsStoppedByTee && CanFallBack(DirectCall, moved.Error)
                ? FallBack(moved.Error) : FailDirectly(moved.Error);
        }

        if (moved.Count == 0)
        {
            return SplicedNothing(nowMs);
        }

        _races = 0;
        Consume(moved.Count);
        _counters.InKernel += moved.Count;
        _resources.Totals.AddBytes(Route, moved.Count);
        _destination.Took(moved.Count);
        return null;
    }

    private StepOutcome? AskBoth(int length, long nowMs)
    {
        _resources.Kernel!.Ask(_source.Fd, _destination.Fd, out bool canRead, out bool canWrite);
        if (!canRead)
        {
            _races = 0;
            return SourceWouldBlock();
        }

        if (!canWrite)
        {
            _races = 0;
            if (_source.IsAtEnd())
            {
                // A full pipe is looked at before the source; but there is nothing to wait for.
                return FillBlock(1, nowMs);
            }

            _destination.Clear(Readiness.Writable);
            return WaitForDestination();
        }

        // Both claim to be ready: it was a race, or something that splice does not pass. One read knows.
        if (!_tactics.MustNotCopy)
        {
            return FillBlock(Math.Min(length, BlockPool.LargeBytes), nowMs);
        }

        // A race is not lost so often in a row. What a socket holds then is what splice does not pass.
        _races = (byte)Math.Min(_races + 1, RacesMax + RefusedMsLog);
        if (_races < RacesMax)
        {
            return null;
        }

        if (_source.IsSharedPipe)
        {
            // TCP out of memory says that it can be written, and does not take it. It will when others let go of some.
            _laterDueMs = nowMs + (1 << (_races - RacesMax));
            return StepOutcome.Later;
        }

        _state = FlowState.Verifying;
        return null;
    }

    /// <summary>The errno does not say which end failed; the table does.</summary>
    private StepOutcome? FailDirectly(int error)
    {
        bool isSource = _source.IsStoppedByTee || _source.Exception is not null
            || Refusals.SideOf(DirectCall, error) == TransferSide.Source;
        return isSource
            ? Fail(TransferSide.Source, _source, RouteName, error)
            : Fail(TransferSide.Destination, _destination, RouteName, error);
    }
}
