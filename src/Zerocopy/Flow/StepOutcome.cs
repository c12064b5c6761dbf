namespace Zerocopy;

/// <summary>Why a flow stopped stepping: what it needs before it can go on.</summary>
internal enum StepOutcome : byte
{
    /// <summary>Nothing: its turn's budget is spent. Edge-triggered readiness will not be reported again, so its driver
    /// must come back by itself.</summary>
    Yield,

    /// <summary>The source's readable mark. Nothing is in transit.</summary>
    SourceNotReady,

    /// <summary>The destination's writable mark. Something is in transit, or a flush is.</summary>
    DestinationNotReady,

    /// <summary>The writable mark of a mirror, or of the target of the source's tee: nobody gets a byte before it
    /// has.</summary>
    TargetNotReady,

    /// <summary>Time: <see cref="Flow.DueMs"/>. Nothing is in transit.</summary>
    RateLimited,

    /// <summary>Time, too: both ends say that they are ready, and yet nothing moves. No edge will tell when that is
    /// over. Nothing is in transit.</summary>
    Refused,

    /// <summary>Nothing more: it has ended.</summary>
    Ended,
}
