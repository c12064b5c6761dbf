using System.Net.Sockets;

namespace Zerocopy;

/// <summary><see cref="Transfer"/> where it is looked for: on streams and sockets.</summary>
public static class TransferExtensions
{
    /// <summary>Moves bytes from this stream until it ends; no thread waits. The same as
    /// <see cref="Transfer.CopyAsync"/>.</summary>
    /// <inheritdoc cref="Transfer.CopyAsync" path="/param"/>
    /// <inheritdoc cref="Transfer.CopyAsync" path="/returns"/>
    /// <inheritdoc cref="Transfer.CopyAsync" path="/remarks"/>
    /// <inheritdoc cref="Transfer.CopyAsync" path="/exception"/>
    /// <example>
    /// <code>
    /// using FileStream copy = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    /// TransferResult received = await network.TransferToAsync(copy, cancellationToken: token);
    /// </code>
    /// </example>
    public static ValueTask<TransferResult> TransferToAsync(
        this Stream source,
        TransferEndpoint destination,
        TransferOptions? options = null,
        CancellationToken cancellationToken = default)
        => Transfer.CopyAsync(source, destination, options, cancellationToken);

    /// <summary>Moves bytes from this socket until it ends; no thread waits. The same as
    /// <see cref="Transfer.CopyAsync"/>.</summary>
    /// <inheritdoc cref="Transfer.CopyAsync"/>
    public static ValueTask<TransferResult> TransferToAsync(
        this Socket source,
        TransferEndpoint destination,
        TransferOptions? options = null,
        CancellationToken cancellationToken = default)
        => Transfer.CopyAsync(source, destination, options, cancellationToken);
}
