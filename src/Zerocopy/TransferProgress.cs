namespace Zerocopy;

/// <summary>How far a transfer has come, as given to <see cref="FlowOptions.Progress"/>.</summary>
/// <param name="BytesConsumed">Bytes taken from the source so far.</param>
/// <param name="BytesWritten">Bytes written to the destination so far, the prefix included.</param>
public readonly record struct TransferProgress(long BytesConsumed, long BytesWritten);
