namespace Zerocopy;

/// <summary>What every exception that ends a transfer carries: how far it had come.</summary>
public interface ITransferFailure
{
    /// <summary>The counts at the end.</summary>
    TransferResult Progress { get; }

    /// <summary>With <see cref="TransferOptions.KeepUndelivered"/>: the bytes that were taken from the source (or given
    /// as prefix) and not written, in order. Empty otherwise.</summary>
    ReadOnlyMemory<byte> Undelivered { get; }
}
