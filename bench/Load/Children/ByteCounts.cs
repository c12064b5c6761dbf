namespace Zerocopy.Bench.Load.Children;

/// <summary>What was done with bytes.</summary>
/// <param name="Spliced">Bytes moved by the kernel alone, client to target.</param>
/// <param name="Buffered">Bytes copied through the process, client to target.</param>
/// <param name="Teed">Bytes the mirror got by tee(2).</param>
/// <param name="Copied">Bytes the mirror got from memory of the process.</param>
/// <param name="Lagged">Mirrors that were detached because they lagged.</param>
internal readonly record struct ByteCounts(
    long Spliced = 0, long Buffered = 0, long Teed = 0, long Copied = 0, long Lagged = 0)
{
    public static ByteCounts operator +(ByteCounts left, ByteCounts right) => new(
        left.Spliced + right.Spliced,
        left.Buffered + right.Buffered,
        left.Teed + right.Teed,
        left.Copied + right.Copied,
        left.Lagged + right.Lagged);

    public static ByteCounts operator -(ByteCounts left, ByteCounts right) => new(
        left.Spliced - right.Spliced,
        left.Buffered - right.Buffered,
        left.Teed - right.Teed,
        left.Copied - right.Copied,
        left.Lagged - right.Lagged);

    internal static ByteCounts Of(in TransferResult result) => new(
        result.BytesWritten - result.BytesBuffered,
        result.BytesBuffered,
        result.Mirror?.BytesTeed ?? 0,
        result.Mirror?.BytesCopied ?? 0,
        result.Mirror?.EndedBy == TeeEnd.Lagged ? 1 : 0);
}
