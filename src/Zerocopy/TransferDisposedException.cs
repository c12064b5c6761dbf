namespace Zerocopy;

/// <summary>A transfer ended because this process disposed one of its endpoints.</summary>
public sealed class TransferDisposedException : ObjectDisposedException, ITransferFailure
{
    internal TransferDisposedException(
        TransferSide side, TransferResult progress, ReadOnlyMemory<byte> undelivered, string? parameter = null)
        : base(parameter ?? Name(side), $"The {parameter ?? Name(side)} was disposed.")
    {
        Side = side;
        Progress = progress;
        Undelivered = undelivered;
    }

    /// <summary>The end that was disposed.</summary>
    public TransferSide Side { get; }

    /// <inheritdoc/>
    public TransferResult Progress { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Undelivered { get; }

    private static string Name(TransferSide side) => side == TransferSide.Source ? "source" : "destination";
}
