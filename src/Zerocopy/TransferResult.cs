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
        in FlowCounters counters, TransferMechanism mechanism, TransferEnd endedBy, TeeResult? mirror = null)
    {
        Mirror = mirror;
        BytesConsumed = counters.Consumed;
        _inKernel = counters.InKernel;
        BytesBuffered = counters.Buffered;
        _limitRemaining = counters.LimitRemaining;
        FallbackError = counters.FallbackError;
        Mechanism = mechanism;
        EndedBy = endedBy;
    }

    /// <summary>Of what ended before it began.</summary>
    internal static TransferResult OfNothing(
        TransferEnd endedBy, TransferMechanism mechanism = TransferMechanism.ReadWrite, long? limitBytes = null)
        => new(new FlowCounters { LimitRemaining = limitBytes ?? NoLimit }, mechanism, endedBy);

    /// <summary>Bytes written to the destination, the prefix included.</summary>
    public long BytesWritten => _inKernel + BytesBuffered;

    /// <summary>Bytes taken from the source. After an error this may be more than what was written: see
    /// <see cref="ITransferFailure.Undelivered"/>.</summary>
    public long BytesConsumed { get; }

    /// <summary>Bytes that splice(2) wrote to the destination.</summary>
    public long BytesSpliced
        => Mechanism is TransferMechanism.SpliceThroughPipe or TransferMechanism.Splice ? _inKernel : 0;

    /// <summary>Bytes that sendfile(2) wrote to the destination.</summary>
    public long BytesSendfile => Mechanism == TransferMechanism.Sendfile ? _inKernel : 0;

    /// <summary>Bytes that copy_file_range(2) wrote to the destination.</summary>
    public long BytesCopyFileRange => Mechanism == TransferMechanism.CopyFileRange ? _inKernel : 0;

    /// <summary>Bytes that were written from memory of this process: small reads, the prefix, everything after a
    /// fallback.</summary>
    public long BytesBuffered { get; }

    /// <summary>How much of <see cref="FlowOptions.LimitBytes"/> is left: the limit less
    /// <see cref="BytesConsumed"/>; null without a limit.</summary>
    public long? LimitRemaining => _limitRemaining == NoLimit ? null : _limitRemaining;

    /// <summary>The mechanism chosen for this pair of endpoints.</summary>
    public TransferMechanism Mechanism { get; }

    /// <summary>The errno with which the kernel refused the mechanism or a pipe for it, after which bytes were copied:
    /// 22 (EINVAL), 1 (EPERM) and 38 (ENOSYS) for good, 24 (EMFILE) and its like for a while. 0 when it did not
    /// refuse.</summary>
    public int FallbackError { get; }

    /// <summary>What ended it; <see cref="TransferEnd.None"/> in a snapshot of a running relay.</summary>
    public TransferEnd EndedBy { get; }

    /// <summary>The name of <see cref="FallbackError"/>, for instance <c>EPERM</c>; null if that is 0.</summary>
    public string? FallbackErrorName => ResultText.NameOf(FallbackError);

    /// <summary>What <see cref="FlowOptions.Mirror"/> got; null without one, in a snapshot of a running relay, and if
    /// its stream did not even heed its cancellation.</summary>
    public TeeResult? Mirror { get; }

    /// <summary>One line, for a log: how much was written, by which mechanism, and what ended it. The wording may
    /// change; the properties do not.</summary>
    /// <returns>For instance <c>12.4 MB (spliced); EndOfStream</c>.</returns>
    public override string ToString() => ResultText.Of(this);
}
