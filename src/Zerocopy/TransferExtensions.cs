using System.Net.Sockets;

namespace Zerocopy;

/// <summary><see cref="Transfer"/> where it is looked for: on streams and sockets.</summary>
public static class TransferExtensions
{
    /// <summary>Moves bytes from this stream until it ends; no thread waits. The same as
    /// <see cref="Transfer.CopyAsync(TransferEndpoint, TransferEndpoint, CancellationToken)"/>.</summary>
    /// <param name="source">Where bytes come from. Not owned.</param>
    /// <param name="destination">Where they go. Not owned, not shut down.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <inheritdoc cref="Transfer.CopyAsync(TransferEndpoint, TransferEndpoint, CancellationToken)"/>
    public static ValueTask<TransferResult> TransferToAsync(
        this Stream source, TransferEndpoint destination, CancellationToken cancellationToken = default)
        => Transfer.CopyAsync(source, destination, cancellationToken);

    /// <inheritdoc cref="TransferToAsync(Stream, TransferEndpoint, CancellationToken)"/>
    /// <param name="source">Where bytes come from.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="options">Limit, prefix, mode, timeout, rate, mirror.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    public static ValueTask<TransferResult> TransferToAsync(
        this Stream source,
        TransferEndpoint destination,
        TransferOptions options,
        CancellationToken cancellationToken = default)
        => Transfer.CopyAsync(source, destination, options, cancellationToken);

    /// <inheritdoc cref="TransferToAsync(Stream, TransferEndpoint, CancellationToken)"/>
    public static ValueTask<TransferResult> TransferToAsync(
        this Socket source, TransferEndpoint destination, CancellationToken cancellationToken = default)
        => Transfer.CopyAsync(source, destination, cancellationToken);

    /// <inheritdoc cref="TransferToAsync(Stream, TransferEndpoint, TransferOptions, CancellationToken)"/>
    public static ValueTask<TransferResult> TransferToAsync(
        this Socket source,
        TransferEndpoint destination,
        TransferOptions options,
        CancellationToken cancellationToken = default)
        => Transfer.CopyAsync(source, destination, options, cancellationToken);
}
