// One answer after the other on one connection: the last segment of each is not held back for what does not come.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class KeepAliveTests
{
    private const int Rounds = 4;
    private const int HeldBackMs = 200; // For so long the kernel waits for the rest of a promise.

    /// <summary>No multiples of a segment, and no multiples of what one call takes.</summary>
    private static readonly int[] s_sizes = [1000, 70_001, 700_003];

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.LimitsModesCalls), MemberType = typeof(FileMatrix))]
    public async Task The_tail_comes_at_once(Limit limit, TransferMode mode, Call call)
    {
        long start = Stopwatch.GetTimestamp();
        using SocketPair pair = SocketPair.Tcp();
        pair.Near.NoDelay = false;
        foreach (int size in s_sizes)
        {
            using PlacedFile file = PlacedFile.OfPattern(Place.Memory, size);
            using FileStream stream = file.Open(FileAccess.Read);
            long? most = limit.Of(size, more: size);
            int due = (int)Math.Min(size, most ?? size);
            for (int round = 0; round < Rounds; round++)
            {
                stream.Position = 0;
                Task<byte[]> reader = Peer.ReadExactly(pair.Far, due);
                TransferOptions options = new() { Mode = mode, LimitBytes = most };
                TransferResult result = await Rig.Start(call, stream, pair.Near, options).Within("an answer");
                FileAssert.Moved(result, due, TransferMechanism.Sendfile, mode);
                Pattern.Default.AssertEqual(await reader.Within("its reader"));
                pair.Far.Send("?"u8); // The next request.
                Assert.Equal("?"u8.ToArray(), await Peer.ReadExactly(pair.Near, 1).Within("the next request"));
            }
        }

        double tookMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        double dueMs = s_sizes.Length * Rounds * HeldBackMs;
        Assert.True(tookMs < dueMs, $"{s_sizes.Length * Rounds} answers took {tookMs} ms");
    }

    // The reason, for kernels that wait and those that do not: never is more asked for than the file has.
    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    public async Task No_more_is_promised_than_there_is(Call call)
    {
        foreach (int size in s_sizes)
        {
            foreach (long? limit in (long?[])[null, size, size - 1, 2 * size])
            {
                using PlacedFile file = PlacedFile.OfPattern(Place.Memory, size);
                using FileStream stream = file.Open(FileAccess.Read);
                stream.Position = 100;
                using SocketPair pair = SocketPair.Tcp();
                long due = Math.Min(size - 100, limit ?? size);
                Task<byte[]> reader = Peer.ReadExactly(pair.Far, (int)due);
                using FaultyFiles kernel = new();
                TransferOptions options = new() { Mode = TransferMode.RequireZeroCopy, LimitBytes = limit };
                TransferResult result = await Rig.Start(call, stream, pair.Near, options).Within("the transfer");
                Assert.Equal((due, 100 + due), (result.BytesSendfile, kernel.Furthest));
                Pattern.Default.AssertEqual(await reader.Within("the reader"), 100);
            }
        }
    }
}
