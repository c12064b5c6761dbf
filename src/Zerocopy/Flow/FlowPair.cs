namespace Zerocopy;

/// <summary>The flows of one operation: one, or two opposite ones. What is done to all of them is written here
/// once.</summary>
internal readonly struct FlowPair(Flow[] flows)
{
    private readonly Flow[] _flows = flows;

    /// <summary>The only one, or that from left to right.</summary>
    internal Flow First => _flows[0];

    internal bool IsRateLimited
    {
        get
        {
            foreach (Flow flow in _flows)
            {
                if (flow.Outcome == StepOutcome.RateLimited)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Grows with every byte that one of them takes or writes.</summary>
    internal long BytesMoved
    {
        get
        {
            long bytes = 0;
            foreach (Flow flow in _flows)
            {
                bytes += flow.Counters.Consumed + flow.Counters.Written;
            }

            return bytes;
        }
    }

    /// <summary>When the rate limiter or the next report wants a turn, or <see cref="long.MaxValue"/>.</summary>
    internal long NextDueMs
    {
        get
        {
            long dueMs = long.MaxValue;
            foreach (Flow flow in _flows)
            {
                long reportMs = flow.Reporter?.NextDueMs(flow.Counters) ?? long.MaxValue;
                dueMs = Math.Min(dueMs, Math.Min(reportMs, flow.DueMs));
            }

            return dueMs;
        }
    }

    internal bool CanStep(long nowMs)
    {
        foreach (Flow flow in _flows)
        {
            if (flow.CanStep(nowMs))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Steps where a mark lets it. The ends are leased, or marked as closed.</summary>
    internal void Step(long nowMs)
    {
        foreach (Flow flow in _flows)
        {
            flow.Turn(nowMs);
        }
    }

    /// <summary>After the leases are gone: brings the news to the user, and looks again at a flow that has just
    /// ended.</summary>
    internal void AfterStep(long nowMs)
    {
        foreach (Flow flow in _flows)
        {
            flow.Report(nowMs);
            flow.ResolveDoubt();
            if (flow is { IsEnded: true, IsJudged: false })
            {
                flow.Judge();
                flow.CloseMirror();
            }
        }
    }

    /// <summary>Who gets a turn when the user has taken a report; null: nobody any more.</summary>
    internal void TellReportsTo(LoopWork? owner)
    {
        foreach (Flow flow in _flows)
        {
            flow.Reporter?.TellEndTo(owner);
        }
    }

    /// <summary>Ends what has not ended.</summary>
    internal void Stop(TransferEnd end)
    {
        foreach (Flow flow in _flows)
        {
            flow.Stop(end);
        }
    }

    /// <summary>A step broke off, and nobody knows in which of them.</summary>
    internal void Break(FlowFault fault)
    {
        foreach (Flow flow in _flows)
        {
            flow.Break(fault);
        }
    }

    /// <summary>An end cannot be watched: the kernel has no room.</summary>
    internal void StopFor(FlowEnd unwatched, int error)
    {
        foreach (Flow flow in _flows)
        {
            (TransferSide side, TransferEnd end) = flow.Source == unwatched
                ? (TransferSide.Source, TransferEnd.SourceFailed)
                : flow.Destination == unwatched
                ? (TransferSide.Destination, TransferEnd.DestinationFailed)
                : (TransferSide.Mirror, TransferEnd.MirrorFailed);
            flow.Stop(end, new FlowFault(error, "epoll_ctl", side, null));
        }
    }

    /// <summary>See <see cref="Flow.TrySettle"/>.</summary>
    internal bool TrySettle()
    {
        bool areSettled = true;
        foreach (Flow flow in _flows)
        {
            areSettled &= flow.TrySettle();
        }

        return areSettled;
    }

    /// <summary>True once no mirror has anything left to get.</summary>
    internal bool AreMirrored => Array.TrueForAll(_flows, static flow => flow.IsMirrored);

    /// <summary>True if a mirror may take its time: nothing was to be lost, and it may hold up.</summary>
    internal bool WaitForMirrors => Array.Exists(_flows, static flow => flow.WaitsForMirror);

    /// <summary>How long mirrors may go on after the end.</summary>
    internal int MirrorGraceMs
    {
        get
        {
            int graceMs = 0;
            foreach (Flow flow in _flows)
            {
                graceMs = Math.Max(graceMs, flow.MirrorGraceMs);
            }

            return graceMs;
        }
    }

    /// <summary>Every flow has ended: what ended it without a step is told here.</summary>
    internal void CloseMirrors()
    {
        foreach (Flow flow in _flows)
        {
            flow.CloseMirror();
        }
    }

    /// <summary>Drops what mirrors have not got yet.</summary>
    internal void AbortMirrors()
    {
        foreach (Flow flow in _flows)
        {
            flow.AbortMirror();
        }
    }

    /// <summary>Calls back when the mirrors have got everything.</summary>
    internal void WhenMirrored(Action done)
    {
        foreach (Flow flow in _flows)
        {
            flow.WhenMirrored(done);
        }
    }
}
