namespace Zerocopy;

/// <summary>What one direction did: how many bytes, by which mechanism, and what ended it.</summary>
/// <remarks>Bytes are counted per mechanism where the call that wrote them to the destination returned, so the
/// mechanisms always add up to <see cref="BytesWritten"/>.</remarks>
public readonly record struct TransferResult
{
    internal const long NoLimit = -1;

    private readonly long _inKernel;
    private readonly long _limitRemaining;

    internal TransferResult(
        in FlowCounters counters, TransferRoute route, TransferEnd endedBy, TeeResult? mirror = null)
    {
        Mirror = mirror;
        BytesConsumed = counters.Consumed;
        _inKernel = counters.InKernel;
        BytesBuffered = counters.Buffered;
        _limitRemaining = counters.LimitRemaining;
        FallbackError = counters.FallbackError;
        Route = route;
        EndedBy = endedBy;
    }

    /// <summary>Of what ended before it began.</summary>
    internal static TransferResult OfNothing(
        TransferEnd endedBy, TransferRoute route = TransferRoute.ReadWrite, long? limitBytes = null)
        => new(new FlowCounters { LimitRemaining = limitBytes ?? NoLimit }, route, endedBy);

    /// <summary>Bytes written to the destination, the prefix included.</summary>
    public long BytesWritten => _inKernel + BytesBuffered;

    /// <summary>Bytes taken from the source. After an error this may be more than what was written: see
    /// <see cref="ITransferFailure.Undelivered"/>.</summary>
    public long BytesConsumed { get; }

    /// <summary>Bytes that splice(2) wrote to the destination.</summary>
    public long BytesSpliced
        => Route is TransferRoute.SpliceThroughPipe or TransferRoute.Splice ? _inKernel : 0;

    /// <summary>Bytes that sendfile(2) wrote to the destination.</summary>
    public long BytesSendfile => Route == TransferRoute.Sendfile ? _inKernel : 0;

    /// <summary>Bytes that copy_file_range(2) wrote to the destination.</summary>
    public long BytesCopyFileRange => Route == TransferRoute.CopyFileRange ? _inKernel : 0;

    /// <summary>Bytes that were written from memory of this process: small reads, the prefix, everything after a
    /// fallback.</summary>
    public long BytesBuffered { get; }

    /// <summary>How much of <see cref="FlowOptions.LimitBytes"/> is left: the limit less
    /// <see cref="BytesConsumed"/>; null without a limit.</summary>
    public long? LimitRemaining => _limitRemaining == NoLimit ? null : _limitRemaining;

    /// <summary>The mechanism chosen for this pair of endpoints.</summary>
    public TransferRoute Route { get; }

    /// <summary>The errno with which the kernel refused the route or a pipe for it, after which bytes were copied: 22
    /// (EINVAL), 1 (EPERM) and 38 (ENOSYS) for good, 24 (EMFILE) and its like for a while. 0 when it did not
    /// refuse.</summary>
    public int FallbackError { get; }

    /// <summary>What ended it; <see cref="TransferEnd.None"/> in a snapshot of a running relay.</summary>
    public TransferEnd EndedBy { get; }

    /// <summary>What <see cref="FlowOptions.Mirror"/> got; null without one, in a snapshot of a running relay, and if
    /// its stream did not even heed its cancellation.</summary>
    public TeeResult? Mirror { get; }
}
