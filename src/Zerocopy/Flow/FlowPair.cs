namespace Zerocopy;

/// <summary>The flows of one operation: one, or two opposite ones. What is done to both is written here once.</summary>
internal readonly struct FlowPair(Flow forward, Flow? backward)
{
    /// <summary>From left to right.</summary>
    internal Flow Forward { get; } = forward;

    /// <summary>From right to left, or null.</summary>
    internal Flow? Backward { get; } = backward;

    internal bool IsRateLimited
        => Forward.Outcome == StepOutcome.RateLimited || Backward?.Outcome == StepOutcome.RateLimited;

    /// <summary>Grows with every byte that either of them takes or writes.</summary>
    internal long BytesMoved => Bytes(Forward) + Bytes(Backward);

    /// <summary>When the rate limiter or the next report wants a turn, or <see cref="long.MaxValue"/>.</summary>
    internal long NextDueMs => Math.Min(DueMs(Forward), DueMs(Backward));

    internal bool CanStep(long nowMs) => Forward.CanStep(nowMs) || Backward?.CanStep(nowMs) == true;

    /// <summary>Steps where a mark lets it. The ends are leased, or marked as closed.</summary>
    internal void Step(long nowMs)
    {
        Forward.Turn(nowMs);
        Backward?.Turn(nowMs);
    }

    /// <summary>After the leases are gone: brings the news to the user, and looks again at a flow that has just
    /// ended.</summary>
    internal void AfterStep(long nowMs)
    {
        AfterStep(Forward, nowMs);
        AfterStep(Backward, nowMs);
    }

    /// <summary>Who gets a turn when the user has taken a report; null: nobody any more.</summary>
    internal void TellReportsTo(LoopWork? owner)
    {
        Forward.Reporter?.TellEndTo(owner);
        Backward?.Reporter?.TellEndTo(owner);
    }

    /// <summary>Ends what has not ended.</summary>
    internal void Stop(TransferEnd end)
    {
        Forward.Stop(end);
        Backward?.Stop(end);
    }

    /// <summary>A step broke off, and nobody knows in which of them.</summary>
    internal void Break(FlowFault fault)
    {
        Forward.Break(fault);
        Backward?.Break(fault);
    }

    /// <summary>An end cannot be watched: the kernel has no room.</summary>
    internal void StopFor(FlowEnd unwatched, int error)
    {
        StopFor(Forward, unwatched, error);
        StopFor(Backward, unwatched, error);
    }

    /// <summary>See <see cref="Flow.TrySettle"/>.</summary>
    internal bool TrySettle()
    {
        bool forwardIs = Forward.TrySettle();
        bool backwardIs = Backward?.TrySettle() ?? true;
        return forwardIs && backwardIs;
    }

    /// <summary>True once no mirror has anything left to get.</summary>
    internal bool AreMirrored => Forward.IsMirrored && Backward?.IsMirrored != false;

    /// <summary>True if a mirror may take its time: nothing was to be lost, and it may hold up.</summary>
    internal bool WaitForMirrors => Forward.WaitsForMirror || Backward?.WaitsForMirror == true;

    /// <summary>How long mirrors may go on after the end.</summary>
    internal int MirrorGraceMs => Math.Max(Forward.MirrorGraceMs, Backward?.MirrorGraceMs ?? 0);

    /// <summary>Every flow has ended: what ended it without a step is told here.</summary>
    internal void CloseMirrors()
    {
        Forward.CloseMirror();
        Backward?.CloseMirror();
    }

    /// <summary>Drops what mirrors have not got yet.</summary>
    internal void AbortMirrors()
    {
        Forward.AbortMirror();
        Backward?.AbortMirror();
    }

    private static long Bytes(Flow? flow) => flow is null ? 0 : flow.Counters.Consumed + flow.Counters.Written;

    private static long DueMs(Flow? flow)
    {
        long reportMs = flow?.Reporter?.NextDueMs(flow.Counters) ?? long.MaxValue;
        return Math.Min(reportMs, flow?.DueMs ?? long.MaxValue);
    }

    private static void AfterStep(Flow? flow, long nowMs)
    {
        flow?.Report(nowMs);
        flow?.ResolveDoubt();
        if (flow is { IsEnded: true, IsJudged: false })
        {
            flow.Judge();
            flow.CloseMirror();
        }
    }

    private static void StopFor(Flow? flow, FlowEnd unwatched, int error)
    {
        (TransferSide side, TransferEnd end) = flow?.Source == unwatched
            ? (TransferSide.Source, TransferEnd.SourceFailed)
            : flow?.Destination == unwatched
            ? (TransferSide.Destination, TransferEnd.DestinationFailed)
            : (TransferSide.Mirror, TransferEnd.MirrorFailed);
        flow?.Stop(end, new FlowFault(error, "epoll_ctl", side, null));
    }
}
