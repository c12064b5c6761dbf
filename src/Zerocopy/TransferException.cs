namespace Zerocopy;

/// <summary>A transfer ended by an error of the kernel, of a peer or of a <see cref="Stream"/>; or by its idle timeout
/// (<see cref="Error"/> is then ETIMEDOUT, 110).</summary>
public sealed class TransferException : IOException, ITransferFailure
{
    internal TransferException(
        string message, FlowFault fault, TransferResult progress, ReadOnlyMemory<byte> undelivered)
        : base(message, fault.Exception)
    {
        Error = fault.Error;
        Operation = fault.Operation;
        Side = fault.Side;
        Progress = progress;
        Undelivered = undelivered;
    }

    /// <summary>The errno, for instance 104 (ECONNRESET); 0 when a <see cref="Stream"/> threw: see
    /// <see cref="Exception.InnerException"/>.</summary>
    public int Error { get; }

    /// <summary>The name of <see cref="Error"/>, for instance <c>ECONNRESET</c>; null if that is 0.</summary>
    public string? ErrorName => ResultText.NameOf(Error);

    /// <summary>The system call or stream method that failed, for instance <c>splice</c>.</summary>
    public string Operation { get; }

    /// <summary>The end at which it failed.</summary>
    public TransferSide Side { get; }

    /// <inheritdoc/>
    public TransferResult Progress { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Undelivered { get; }
}
