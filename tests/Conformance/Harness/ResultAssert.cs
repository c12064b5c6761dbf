// What a result has to say about the mechanism, for each mode.
using Xunit;

namespace Zerocopy.Conformance.Harness;

internal static class ResultAssert
{
    /// <summary>So many bytes, by the mechanism that the mode allows.</summary>
    /// <param name="result">Of a transfer between two sockets.</param>
    /// <param name="count">Bytes taken from the source and written.</param>
    /// <param name="mode">Auto: the sum; RequireZeroCopy: all spliced; CopyOnly: all buffered.</param>
    /// <param name="prefix">Bytes of a prefix, which are always buffered and do not count as consumed.</param>
    internal static void Moved(TransferResult result, long count, TransferMode mode, int prefix = 0)
    {
        Assert.Equal(count + prefix, result.BytesWritten);
        Assert.Equal(count, result.BytesConsumed);
        Mechanism(result, mode, prefix);
    }

    /// <summary>Whatever was written was written by the mechanism that the mode allows.</summary>
    internal static void Mechanism(TransferResult result, TransferMode mode, int prefix = 0)
    {
        mode = Matrix.Here(mode);
        Assert.Equal(result.BytesWritten, result.BytesSpliced + result.BytesBuffered);
        Assert.Equal(0, result.BytesSendfile);
        Assert.Equal(0, result.BytesCopyFileRange);
        Assert.Equal(0, result.FallbackError);
        switch (mode)
        {
            case TransferMode.RequireZeroCopy:
                Assert.Equal(TransferMechanism.SpliceThroughPipe, result.Mechanism);
                Assert.Equal(Math.Min(prefix, result.BytesWritten), result.BytesBuffered);
                break;
            case TransferMode.CopyOnly:
                Assert.Equal(TransferMechanism.ReadWrite, result.Mechanism);
                Assert.Equal(0, result.BytesSpliced);
                break;
            default:
                Assert.Equal(TransferMechanism.SpliceThroughPipe, result.Mechanism);
                break;
        }
    }
}
