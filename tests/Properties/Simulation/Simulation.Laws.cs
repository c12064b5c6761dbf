// The laws: what holds after every step, at a stall, at the end, and when everything was given back.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed partial class Simulation
{
    private static void Require(bool holds, string law) => LawBrokenException.Require(holds, law);

    private void JudgeCounts(SimDirection direction)
    {
        FlowCounters counters = direction.Flow.Counters;
        Require(counters.Consumed == direction.Taken, $"consumed {counters.Consumed}, given {direction.Taken}");
        Require(counters.InKernel == direction.Spliced, $"spliced {counters.InKernel}, accepted {direction.Spliced}");
        Require(counters.Buffered == direction.Buffered, $"sent {counters.Buffered}, accepted {direction.Buffered}");
        Require(counters.LimitRemaining == direction.LimitRemaining,
            $"limit remaining {counters.LimitRemaining}, it is {direction.LimitRemaining}");
        Require(direction.LimitRemaining >= TransferResult.NoLimit, "the limit was overshot");
        Require(direction.InTransit >= 0, "more written than taken");
        JudgeTargets(direction);
        JudgeFallback(direction, (Errno)counters.FallbackError);
        if (direction.IsZeroCopyOnly)
        {
            Require(direction.Buffered <= direction.Options.Prefix.Length, "more than the prefix was copied");
        }
    }

    /// <summary>The last refusal that the flow had to live with: of splice, or of a pipe, also one that the pool
    /// remembers.</summary>
    private void JudgeFallback(SimDirection direction, Errno told)
    {
        bool holds = direction.IsZeroCopyOnly ? told == 0
            : direction.Refusal != 0 ? told == direction.Refusal
            : told == 0 || _kernel.PipeErrors.Contains(told);
        Require(holds, $"fallback error {told}, the kernel said {direction.Refusal}");
    }

    private void JudgeStep(SimDirection direction, StepOutcome outcome, long nowMs, long before, int callsBefore)
    {
        Flow flow = direction.Flow;
        JudgeCounts(direction);
        JudgeRate(direction);
        bool moved = flow.Counters.Consumed + flow.Counters.Written > before;
        bool hasTransit = direction.InTransit > 0;
        bool isDirect = flow.Route == TransferMechanism.Splice && direction.Refusal == 0;
        Require(flow.IsEnded == (outcome == StepOutcome.Ended), "ended, or not?");
        JudgeMemory();
        switch (outcome)
        {
            case StepOutcome.Yield:
                // One race of both ends is no spin; the kernel counts how many there are in a row.
                Require(moved || (isDirect && direction.BothClaimed > 0), "a turn spent without a byte moved");
                break;
            case StepOutcome.SourceNotReady:
                Require(!direction.Source.Has(Readiness.Readable), "waits for a source that is marked readable");
                Require(!hasTransit, "waits for the source with bytes in transit");
                JudgeIdle();
                break;
            case StepOutcome.DestinationNotReady:
                Require(!direction.Destination.Has(Readiness.Writable), "waits for a destination marked writable");
                Require(
                    hasTransit || isDirect || (_isPressed && direction.HasLooked),
                    "waits for the destination with nothing in transit");
                if (!hasTransit)
                {
                    JudgeIdle();
                }

                break;
            case StepOutcome.TargetNotReady:
                JudgeBlocked(direction, hasTransit);
                break;
            case StepOutcome.RateLimited:
                Require(flow.DueMs > nowMs, "waits for a time that has come");
                Require(flow.DueMs <= nowMs + 1000, "waits longer than any bucket needs");
                Require(direction.Options.BytesPerSecond is not null && !hasTransit, "limited without a reason");
                JudgeIdle();
                break;
        }

        if (outcome == StepOutcome.Later)
        {
            Require(flow.DueMs > nowMs && flow.DueMs <= nowMs + 16, "waits for a time that has come, or too long");
            Require(isDirect && !hasTransit && direction.BothClaimed > 0, "refused, although an end was not ready");
            JudgeIdle();
        }

        Require(moved || Trace.Calls > callsBefore || outcome != StepOutcome.Yield, "a step that did nothing");
    }

    /// <summary>Past the second mark there is only the least, for each flow, and the scratch.</summary>
    private void JudgeMemory()
    {
        int most = _secondMark + (_live.Count * BlockPool.LeastBytes) + BlockPool.LeastBytes + BlockPool.LargeBytes;
        Require(_blockBudget.Bytes <= most, $"{_blockBudget.Bytes} bytes of blocks, the mark is {_secondMark}");
        Require(_resources.Blocks.Rented <= _live.Count, "a block that no flow holds");
    }

    /// <summary>A flow that waits for its source, for time, or with nothing in transit, holds neither block nor
    /// pipe.</summary>
    private void JudgeIdle()
    {
        if (_live.Count > 1)
        {
            return;
        }

        Require(_resources.Blocks.Rented == 0, "an idle flow holds a block");
        if (_random.Chance(20))
        {
            _resources.Pipes!.Trim();
            Require(_kernel.OpenPipes == 0 && _budget.PagesInUse == 0, "an idle flow holds a pipe");
        }
    }

    private void JudgeRate(SimDirection direction)
    {
        if (direction.Options.BytesPerSecond is { } rate)
        {
            // A tenth of a second deep; a look past an urgent mark is not refused, and takes a byte at least.
            long elapsedMs = _kernel.NowMs - direction.StartMs;
            long most = (rate * (elapsedMs + 100) / 1000) + 1 + direction.Verifications;
            Require(direction.Taken <= most, $"{direction.Taken} bytes in {elapsedMs} ms at {rate} a second");
        }
    }

    /// <summary>Nothing will happen any more: there must be nothing to take, or no room to give.</summary>
    private static void JudgeStall(SimDirection direction)
    {
        SimFd source = direction.Source.Descriptor;
        SimFd destination = direction.Destination.Descriptor;
        StepOutcome outcome = direction.Flow.Outcome;
        bool hasNothing = outcome == StepOutcome.SourceNotReady && source.HasNothing;
        bool hasNoRoom = outcome == StepOutcome.DestinationNotReady && destination.HasNoRoom;
        bool isBlocked = outcome == StepOutcome.TargetNotReady
            && direction.Targets.Single(target => target.End == direction.Flow.BlockedBy).Pipe.WriteSide.HasNoRoom;
        Require(
            hasNothing || hasNoRoom || isBlocked,
            $"a lost wake-up: waits with {outcome}, {source.Queue.Bytes} bytes to take, end {source.HasSaidEnd}, " +
            $"room none {destination.HasNoRoom}");
        bool isAtEnd = source is { HasSaidEnd: true, Queue.IsEmpty: true } and not SimSocket { IsReset: true };
        Require(
            !hasNoRoom || !isAtEnd || direction.InTransit > 0,
            "waits for the destination with nothing in transit and the source at its end");
    }

    /// <summary>Judges and lets go of what has ended; a relay's end of stream is passed on.</summary>
    private List<SimDirection> EndOver()
    {
        List<SimDirection> over = [.. _live.Where(direction => direction.Flow.IsEnded && !direction.IsOver)];
        foreach (SimDirection direction in over)
        {
            direction.IsOver = true;
            direction.Flow.Judge();
            direction.Flow.CloseMirror();
            JudgeEnd(direction);
            JudgeTargetEnds(direction);
            if (_schedule.Kind == ScheduleKind.Relay)
            {
                PassOn(direction);
            }
        }

        if (_schedule.Kind == ScheduleKind.Relay && _live.Exists(direction => !direction.IsOver))
        {
            return [];
        }

        foreach (SimDirection direction in _live.Where(direction => direction.IsOver).ToList())
        {
            Release(direction);
            _ = _live.Remove(direction);
            if (_schedule.Kind == ScheduleKind.Shared)
            {
                _kernel.Forget(direction.Source.Descriptor);
                _kernel.Forget(direction.Destination.Descriptor);
            }
        }

        return over;
    }

    private void PassOn(SimDirection direction)
    {
        SimDirection? other = _live.Find(d => d != direction && !d.IsOver);
        if (direction.Flow.End is TransferEnd.EndOfStream or TransferEnd.LimitReached)
        {
            Moved told = direction.Destination.FinishWriting();
            bool cannotSend = direction.Destination.Descriptor is SimSocket { CannotSend: true };
            Require(!told.IsError || cannotSend, "FIN refused");
            other?.Flow.WatchesDestination = true;
            other?.Flow.EndsOnHangUp = true;
        }
        else
        {
            other?.Flow.Stop(TransferEnd.Stopped);
        }
    }

    private void JudgeEnd(SimDirection direction)
    {
        Flow flow = direction.Flow;
        SimFd source = direction.Source.Descriptor;
        SimFd destination = direction.Destination.Descriptor;
        JudgeCounts(direction);
        bool isWhole = direction.InTransit == 0;
        switch (flow.End)
        {
            case TransferEnd.EndOfStream:
                Require(isWhole, "an end of stream with bytes in transit");
                Require(source.Queue.Bytes == 0, $"an end of stream with {source.Queue.Bytes} bytes behind it");
                // A unix socket cannot tell, and its handle may show a close late: the documented exception.
                Require(
                    source.HasSaidEnd || source is SimSocket { IsUnix: true, Closed: LocalClose.Shutdown },
                    "an end of stream that the peer has not sent");
                Require(!source.ClosedIsVisible, "a local close taken for an end of stream");
                break;
            case TransferEnd.LimitReached:
                Require(isWhole && direction.LimitRemaining == 0, "the limit was not reached");
                break;
            case TransferEnd.SourceFailed:
                Require(!source.ClosedIsVisible, "a local close taken for a failure of the source");
                JudgeFault(direction);
                break;
            case TransferEnd.DestinationFailed:
                Require(!destination.ClosedIsVisible, "a local close taken for a failure of the destination");
                JudgeFault(direction);
                break;
            case TransferEnd.MirrorFailed:
                Require(
                    direction.Targets.Any(target => target.Branch.Stops && target.HasFailedWith(flow.Fault))
                        || (direction.IsZeroCopyOnly && direction.Mirror?.LastError == (Errno?)flow.Fault?.Error),
                    $"stopped by a target that has not failed: {flow.Fault}");
                break;
            case TransferEnd.SourceDisposed:
                Require(source.Closed != LocalClose.None, "a source that nobody has disposed");
                break;
            case TransferEnd.DestinationDisposed:
                Require(destination.Closed != LocalClose.None, "a destination that nobody has disposed");
                break;
        }
    }

    private static void JudgeFault(SimDirection direction)
    {
        FlowFault fault = direction.Flow.Fault ?? throw new LawBrokenException("a failure without a fault");
        bool isMark = direction is { IsZeroCopyOnly: true, MetMark: true } && fault.Error == (int)Errno.EOPNOTSUPP;
        bool isPipe = direction.IsZeroCopyOnly && fault.Operation == "pipe2";
        bool isUnread = fault.Error == (int)Errno.EPIPE
            && direction.Destination.Descriptor is SimPipeSide { Pipe.HasReaders: false };
        bool isTarget = direction.Flow.End == TransferEnd.MirrorFailed;
        Require(
            isMark || isPipe || isUnread || isTarget || direction.Flow.IsHungUp
                || fault.Error == (int)direction.LastError,
            $"fault {fault}, the kernel's last error was {direction.LastError}");
    }

    /// <summary>What was taken and not written comes back, byte for byte.</summary>
    private void Release(SimDirection direction)
    {
        Flow flow = direction.Flow;
        FlowCounters counters = flow.Counters;
        bool keeps = _random.Chance(80);
        ReadOnlyMemory<byte> undelivered = flow.Release(keeps);
        if (keeps)
        {
            long due = direction.InTransit;
            Require(undelivered.Length == due, $"{undelivered.Length} bytes undelivered, it should be {due}");
            Require(
                undelivered.Span.SequenceEqual(SimContent.At(direction.Stream, direction.NextWritten, (int)due)),
                "undelivered bytes are not what is missing");
        }

        Require(counters.Equals(flow.Counters), "a release changed the counts");
        direction.Undelivered = keeps ? undelivered : (ReadOnlyMemory<byte>?)null;
        Trace.Spliced += direction.Spliced;
        Trace.Buffered += direction.Buffered;
    }

    /// <summary>What the meter shows is what the flows did.</summary>
    private void JudgeTotals(FlowTotals totals)
    {
        long spliced = totals.BytesOf(TransferMechanism.SpliceThroughPipe) + totals.BytesOf(TransferMechanism.Splice);
        long buffered = totals.BytesOf(TransferMechanism.ReadWrite);
        Require(spliced == Trace.Spliced, $"{spliced} bytes are counted as spliced, {Trace.Spliced} were");
        Require(buffered == Trace.Buffered, $"{buffered} bytes are counted as copied, {Trace.Buffered} were");
        Require(
            totals.PeekedBytes <= Trace.Buffered && totals.PeekedBytes >= totals.Peeks, "peeked more than was copied");
        Require(_isPressed || totals.Peeks == 0, "peeked though there was memory");
        Require(totals.PipesInUse == 0, $"{totals.PipesInUse} pipes still count as in use");
        Require(totals.Demotions <= totals.Promotions, "demoted more often than promoted");
    }

    /// <summary>All flows are over: nothing is held, and what is cached is clean.</summary>
    private void JudgeResources()
    {
        Require(_resources.Blocks.Rented == 0, $"{_resources.Blocks.Rented} blocks were not given back");
        _blockBudget.Release(_takenByOthers);
        _resources.Blocks.Trim();
        Require(_resources.Totals.BlockBytes == 0, "blocks still count in the totals");
        Require(_blockBudget.Bytes == 0, $"{_blockBudget.Bytes} bytes of blocks are counted that are not there");
        Require(_kernel.DirtyPipes == 0, "a pipe with bytes in it was pooled");
        foreach (KernelPipe owner in _owners)
        {
            owner.CloseWrite(null);
            owner.CloseRead();
        }

        JudgeTotals(_resources.Totals);
        _resources.Pipes!.Trim();
        Require(_resources.Totals.PooledPipes == 0, $"{_resources.Totals.PooledPipes} pipes still count as pooled");
        Require(_kernel.OpenPipes == 0, $"{_kernel.OpenPipes} pipes were not given back");
        Require(_budget.PagesInUse == 0, $"{_budget.PagesInUse} pages were not given back");
    }
}
