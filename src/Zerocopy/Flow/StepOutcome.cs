namespace Zerocopy;

/// <summary>Why a flow stopped stepping: what it needs before it can go on.</summary>
internal enum StepOutcome : byte
{
    /// <summary>Nothing: its turn's budget is spent. Edge-triggered readiness will not be reported again, so whoever
    /// runs it must come back by itself.</summary>
    Yield,

    /// <summary>The source's readable mark. Nothing is in transit.</summary>
    SourceNotReady,

    /// <summary>The destination's writable mark. Something is in transit, or a flush is, or bytes were only looked
    /// at.</summary>
    DestinationNotReady,

    /// <summary>The writable mark of a mirror, or of the target of the source's tee: nobody gets a byte before it
    /// has.</summary>
    TargetNotReady,

    /// <summary>A turn in which a call may wait for the disk: what is next of the source is not in memory. Nothing is
    /// in transit.</summary>
    DiskNotReady,

    /// <summary>Time: <see cref="Flow.DueMs"/>. Nothing is in transit.</summary>
    RateLimited,

    /// <summary>Time, too, because no edge will tell: both ends say that they are ready, and yet nothing moves; or it
    /// is to be seen whether an end was a dispose. Nothing is in transit.</summary>
    Later,

    /// <summary>Nothing more: it has ended.</summary>
    Ended,
}
