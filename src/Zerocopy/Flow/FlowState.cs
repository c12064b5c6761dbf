namespace Zerocopy;

/// <summary>Where a flow is. Each state's invariant is asserted before every step.</summary>
internal enum FlowState : byte
{
    /// <summary>Nothing is in transit; the next call reads. Would-block can only mean the source, or the destination of
    /// bytes that were only looked at.</summary>
    Filling,

    /// <summary>Nothing is in transit; splice said 0, or would-block although an urgent mark, an end or an error is
    /// known to be there. Neither is to be believed: the next call is one recv, which knows.</summary>
    Verifying,

    /// <summary>Something is in transit: prefix, block or pipe, in that order. Would-block can only mean the
    /// destination.</summary>
    Draining,

    /// <summary>Nothing is in transit; a stream destination has not been flushed since it was last written.</summary>
    Flushing,

    /// <summary>No call will be made any more. <see cref="Flow.End"/> says why.</summary>
    Ended,
}
