namespace Zerocopy;

/// <summary>What one target of a tee got, and why that ended.</summary>
public sealed class TeeResult
{
    internal TeeResult(long teed, long copied, TeeEnd endedBy, Exception? exception, TransferResult? delivery)
    {
        BytesTeed = teed;
        BytesCopied = copied;
        EndedBy = endedBy;
        Exception = exception;
        Delivery = delivery;
    }

    /// <summary>Bytes the target got: without a gap and in order, from the first one on.</summary>
    public long BytesMirrored => Delivery?.BytesWritten ?? BytesTeed + BytesCopied;

    /// <summary>Bytes that tee(2) duplicated for it, by reference.</summary>
    public long BytesTeed { get; }

    /// <summary>Bytes that were copied for it from memory of this process: small reads, and everything where tee(2)
    /// cannot be used.</summary>
    public long BytesCopied { get; }

    /// <summary>Why it ended.</summary>
    public TeeEnd EndedBy { get; }

    /// <summary>What the target failed with, or null.</summary>
    public Exception? Exception { get; }

    /// <summary>How the bytes got from the tee into a target that is not a <see cref="Pipe"/>; null for a
    /// pipe.</summary>
    public TransferResult? Delivery { get; }
}
