namespace Zerocopy;

/// <summary>The counts of one direction. Written by the flow alone; a snapshot may be a few bytes behind.</summary>
internal struct FlowCounters
{
    /// <summary>Taken from the source.</summary>
    internal long Consumed;

    /// <summary>Written to the destination by splice.</summary>
    internal long Spliced;

    /// <summary>Written to the destination by sendfile.</summary>
    internal long Sendfile;

    /// <summary>Written to the destination by copy_file_range.</summary>
    internal long CopyFileRange;

    /// <summary>Written to the destination from memory.</summary>
    internal long Buffered;

    /// <summary>What is left of the limit, or <see cref="TransferResult.NoLimit"/>.</summary>
    internal long LimitRemaining;

    /// <summary>The errno that ended splicing for good, or 0.</summary>
    internal int FallbackError;

    internal readonly long Written => Spliced + Sendfile + CopyFileRange + Buffered;
}
