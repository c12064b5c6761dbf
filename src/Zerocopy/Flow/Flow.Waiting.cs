using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Why a flow waits, and what ends the wait.</summary>
/// <remarks>
/// <para>A step ends with an outcome, which is the only reason there is: <see cref="StepOutcome"/> has all of them. A
/// mark that it waits for comes by an edge of epoll, by a pending operation of a stream, by poll on the caller's
/// thread, or from a watchdog, which finds what nothing of these tells; each of them asks <see cref="CanStep"/>, or
/// posts whoever runs the flow. A time comes by the timer of the home.</para>
/// <para>What the waits here look like from outside, and how long they may last: <see cref="FlowOperation"/> and
/// <see cref="IdleClock"/>.</para>
/// </remarks>
internal sealed partial class Flow
{
    private long _laterDueMs; // Of StepOutcome.Later.

    /// <summary>When it goes on by itself, after <see cref="StepOutcome.RateLimited"/> or <see
    /// cref="StepOutcome.Later"/>; otherwise <see cref="long.MaxValue"/>.</summary>
    internal long DueMs => Outcome switch
    {
        StepOutcome.RateLimited => _rate!.DueMs,
        StepOutcome.Later => _laterDueMs,
        _ => long.MaxValue,
    };

    /// <summary>What the last step ended with.</summary>
    internal StepOutcome Outcome { get; private set; }

    /// <summary>True if nobody reads the destination, so that only this flow can see it die while it waits for the
    /// source.</summary>
    internal bool WatchesDestination { get; set; }

    /// <summary>True if a unix peer that has closed, without a reset, ends it too. Not in a single transfer: the
    /// opposite one may still have something of that peer to deliver.</summary>
    internal bool EndsOnHangUp { get; set; }

    /// <summary>True if a step would do something now: a mark that the last outcome waits for is there.</summary>
    internal bool CanStep(long nowMs) => Outcome switch
    {
        StepOutcome.Yield or StepOutcome.DiskNotReady => true,
        StepOutcome.Ended => false,
        StepOutcome.SourceNotReady when _source.Has(Readiness.Readable) => true,
        StepOutcome.SourceNotReady when WatchesDestination && _destination.Has(Readiness.Failed) => true,
        StepOutcome.SourceNotReady when EndsOnHangUp && _destination.Has(Readiness.HangUp) => true,
        StepOutcome.DestinationNotReady when _destination.Has(Readiness.Writable) => true,
        StepOutcome.TargetNotReady when BlockedBy?.Has(Readiness.Writable | Readiness.Closed) != false => true,
        StepOutcome.RateLimited or StepOutcome.Later when nowMs >= DueMs => true,
        StepOutcome.Later when _takesNoMore && _source.Has(Readiness.Readable) => true,
        _ => _source.Has(Readiness.Closed) || _destination.Has(Readiness.Closed),
    };

    private StepOutcome? SourceWouldBlock()
    {
        if (_source.Blocker is not null)
        {
            return WaitForTarget();
        }

        if (_source.IsOnDisk)
        {
            return WaitForDisk();
        }

        _source.Clear(Readiness.Readable | Readiness.Priority | Readiness.ReadClosed);
        if (_tactics.AfterPause())
        {
            _resources.Totals.AddDemotion();
        }

        return WaitForSource();
    }

    /// <summary>About to wait: nothing is held meanwhile, nothing kept back, and a destination that died is
    /// noticed.</summary>
    private StepOutcome? WaitForSource()
    {
        if (_unflushed)
        {
            _state = FlowState.Flushing;
            return null;
        }

        if (!_source.IsReading)
        {
            _transit.ReleaseBlock(IsBlockLent);
        }

        _transit.ReleasePipe();
        if (WatchesDestination && _destination.Has(Readiness.Failed))
        {
            _destination.Clear(Readiness.Failed);
            int error = _destination.DeathOf();
            if (error != 0)
            {
                return Fail(TransferSide.Destination, _destination, _destination.WriteName, error);
            }
        }

        if (EndsOnHangUp && _destination.Has(Readiness.HangUp))
        {
            IsHungUp = true;
            return Fail(TransferSide.Destination, _destination, _destination.WriteName, (int)Errno.EPIPE);
        }

        return StepOutcome.SourceNotReady;
    }

    /// <summary>What is in transit stays, in as little memory as it needs.</summary>
    private StepOutcome? WaitForDestination()
    {
        _transit.Shrink(IsBlockLent);
        return StepOutcome.DestinationNotReady;
    }

    /// <summary>The source's own tee waits for a target. Nothing is in transit.</summary>
    private StepOutcome? WaitForTarget() => Pause(StepOutcome.TargetNotReady);

    /// <summary>The source would have to wait for the disk, and this turn must not. Nothing is in transit.</summary>
    private StepOutcome? WaitForDisk() => Pause(StepOutcome.DiskNotReady);

    private StepOutcome? Pause(StepOutcome outcome)
    {
        if (_unflushed)
        {
            _state = FlowState.Flushing;
            return null;
        }

        _transit.Release(IsBlockLent);
        return outcome;
    }
}
