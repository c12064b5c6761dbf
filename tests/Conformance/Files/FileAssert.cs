// What a result has to say about files.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

internal static class FileAssert
{
    /// <summary>So many bytes, by the mechanism that the route and the mode allow, without a fallback.</summary>
    internal static void Moved(TransferResult result, long count, TransferMechanism route, TransferMode mode)
    {
        if (Matrix.Here(mode) == TransferMode.CopyOnly)
        {
            route = TransferMechanism.ReadWrite;
        }

        Assert.Equal((count, count), (result.BytesWritten, result.BytesConsumed));
        Assert.Equal((route, 0), (result.Mechanism, result.FallbackError));
        long inKernel = InKernel(result);
        Assert.Equal(count, inKernel + result.BytesBuffered);
        if (route == TransferMechanism.ReadWrite)
        {
            Assert.Equal(0, inKernel);
        }
        else if (mode == TransferMode.RequireZeroCopy || route == TransferMechanism.CopyFileRange)
        {
            Assert.Equal(count, inKernel);
        }
        else if (route is TransferMechanism.Sendfile or TransferMechanism.Splice)
        {
            // A race between two ends that both claim to be ready is decided by one read.
            Assert.True(count == 0 || inKernel > 0, "nothing was moved by the kernel");
        }
    }

    /// <summary>Bytes that never were in this process, each counted for one mechanism.</summary>
    internal static long InKernel(TransferResult result)
    {
        long[] counts = [result.BytesSpliced, result.BytesSendfile, result.BytesCopyFileRange];
        Assert.True(counts.Count(count => count > 0) <= 1, "two mechanisms in one transfer");
        return counts.Sum();
    }

    internal static void Ended(TransferResult result, long available, long? limit)
    {
        Assert.Equal(limit <= available ? TransferEnd.LimitReached : TransferEnd.EndOfStream, result.EndedBy);
        Assert.Equal(limit - Math.Min(limit ?? 0, available), result.LimitRemaining);
    }
}

/// <summary>The limits of the catalogue's tables, relative to what there is.</summary>
public enum Limit
{
    None,
    OneLess,
    Half,
    More,
}

public static class FileMatrix
{
    /// <summary>Around the sizes of pages and buffers.</summary>
    internal static int[] Sizes { get; } = [1, 42, 1025, 4097, 32769];

    internal static Place[] Places { get; } = Enum.GetValues<Place>();

    public static TheoryData<Limit, TransferMode, Call> LimitsModesCalls { get; } =
        new MatrixTheoryData<Limit, TransferMode, Call>(
            Enum.GetValues<Limit>(), Matrix.Modes, Enum.GetValues<Call>());

    public static TheoryData<Family, Limit, TransferMode, Call> FamiliesLimitsModesCalls { get; } =
        new MatrixTheoryData<Family, Limit, TransferMode, Call>(
            Enum.GetValues<Family>(),
            Enum.GetValues<Limit>(),
            Matrix.Modes,
            Enum.GetValues<Call>());

    public static TheoryData<Place, TransferMode, Call> PlacesModesCalls { get; } =
        new MatrixTheoryData<Place, TransferMode, Call>(
            Enum.GetValues<Place>(), Matrix.Modes, Enum.GetValues<Call>());

    public static TheoryData<Place, Call> PlacesCalls { get; } =
        new MatrixTheoryData<Place, Call>(Enum.GetValues<Place>(), Enum.GetValues<Call>());

    public static TheoryData<Call> Calls { get; } = new(Enum.GetValues<Call>());

    internal static long? Of(this Limit limit, int size, int more) => limit switch
    {
        Limit.OneLess => size - 1,
        Limit.Half => size / 2,
        Limit.More => size + more,
        _ => null,
    };
}
