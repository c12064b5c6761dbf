namespace Zerocopy;

/// <summary>A transfer or relay ended by its cancellation token.</summary>
public sealed class TransferCanceledException : OperationCanceledException, ITransferFailure
{
    internal TransferCanceledException(
        TransferResult progress,
        ReadOnlyMemory<byte> undelivered,
        RelayResult? relay,
        CancellationToken cancellationToken,
        Exception? inner = null)
        : base("The transfer was canceled.", inner, cancellationToken)
    {
        Progress = progress;
        Undelivered = undelivered;
        Relay = relay;
    }

    /// <inheritdoc/>
    public TransferResult Progress { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Undelivered { get; }

    /// <summary>The counts of both directions when a relay was canceled, otherwise null.</summary>
    public RelayResult? Relay { get; }
}
