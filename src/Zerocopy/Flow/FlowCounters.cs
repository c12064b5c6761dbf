namespace Zerocopy;

/// <summary>The counts of one direction. Written by the flow alone; a snapshot may be a few bytes behind.</summary>
internal struct FlowCounters
{
    /// <summary>Taken from the source.</summary>
    internal long Consumed;

    /// <summary>Written to the destination by the route's own call: splice, sendfile or copy_file_range.</summary>
    internal long InKernel;

    /// <summary>Written to the destination from memory.</summary>
    internal long Buffered;

    /// <summary>What is left of the limit, or <see cref="TransferResult.NoLimit"/>.</summary>
    internal long LimitRemaining;

    /// <summary>The last errno with which the kernel refused the route's own call or a pipe for it, or 0.</summary>
    internal int FallbackError;

    internal readonly long Written => InKernel + Buffered;
}
