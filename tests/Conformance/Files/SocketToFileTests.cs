// From a socket into a file: exact counts, exact content, and the stream's position behind it.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class SocketToFileTests
{
    /// <summary>The table of the Go suites: bytes in one write, bytes altogether, the limit.</summary>
    public static TheoryData<Family, int, int, int?> Table { get; } = new(
        from family in Enum.GetValues<Family>()
        from row in ((int, int, int?)[])
        [
            (128, 128, null), (4096, 1 << 20, null), (5 << 20, 32 << 20, null), (4096, 1 << 20, 1 << 10),
            (1024, 4096, 4196), (32, 128, 128),
        ]
        select new TheoryDataRow<Family, int, int, int?>(family, row.Item1, row.Item2, row.Item3));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.FamiliesLimitsModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("GO-01..GO-10", "GO-13..GO-42")]
    public async Task Five_sizes(Family family, Limit limit, TransferMode mode, Call call)
    {
        foreach (Place place in FileMatrix.Places)
        {
            foreach (int size in FileMatrix.Sizes)
            {
                using PlacedFile file = new(place);
                using FileStream stream = file.Open(bufferBytes: size == 1025 ? 0 : 4096);
                await Run(family, size, size, limit.Of(size, more: 1), mode, call, stream, async (result, moved) =>
                {
                    FileAssert.Moved(result, moved, TransferMechanism.SpliceThroughPipe, mode);
                    Assert.Equal((moved, moved), (stream.Position, stream.Length));
                    Assert.Equal(-1, stream.ReadByte());
                    byte[] all = await File.ReadAllBytesAsync(file.Path);
                    Assert.Equal(moved, all.Length);
                    Pattern.Default.AssertEqual(all);
                });
            }
        }
    }

    // Into the null device, by its handle and as a stream, and into a file that has something before and behind.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Table))]
    [Cases("GN-25..GN-36")]
    public async Task Counts_and_limits(Family family, int chunk, int total, int? limit)
    {
        foreach (Call call in Enum.GetValues<Call>())
        {
            using SafeFileHandle handle = File.OpenHandle("/dev/null", access: FileAccess.Write);
            using FileStream stream = new("/dev/null", FileMode.Open, FileAccess.Write);
            using PlacedFile file = new(Place.Memory);
            using FileStream content = file.Open();
            foreach (TransferEndpoint endpoint in (TransferEndpoint[])[handle, stream])
            {
                await Run(family, chunk, total, limit, TransferMode.Auto, call, endpoint, (result, moved) =>
                {
                    FileAssert.Moved(result, moved, TransferMechanism.ReadWrite, TransferMode.Auto);
                    return Task.CompletedTask;
                });
            }

            await Run(family, chunk, total, limit, TransferMode.Auto, call, content, (result, moved) =>
            {
                FileAssert.Moved(result, moved, TransferMechanism.SpliceThroughPipe, TransferMode.Auto);
                Assert.Equal(moved, content.Position);
                Pattern.Default.AssertEqual(file.ReadBytes());
                return Task.CompletedTask;
            });
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task Around_what_is_there_already(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 400_000;
        byte[] old = new byte[600_000];
        Array.Fill(old, (byte)'o');
        using PlacedFile file = new(place, old);
        using SafeFileHandle handle = file.OpenHandle();
        HandleState.Seek(handle, 1234);
        using SocketPair pair = SocketPair.Tcp();
        Task<long> writer = Peer.Write(pair.Far, Bytes);
        ReadOnlyMemory<byte> prefix = Pattern.Ascii("prefix");
        TransferResult result = await Rig.Start(
            call, pair.Near, handle, new TransferOptions { Mode = mode, Prefix = prefix }).Within("the transfer");

        Assert.Equal((Bytes, Bytes + 6), (result.BytesConsumed, result.BytesWritten));
        Assert.Equal(mode == TransferMode.RequireZeroCopy ? 6 : result.BytesBuffered, result.BytesBuffered);
        Assert.Equal(1234 + 6 + Bytes, HandleState.PositionOf(handle));
        byte[] all = file.ReadBytes();
        Assert.Equal(old.Length, all.Length);
        Assert.Equal(-1, all.AsSpan(0, 1234).IndexOfAnyExcept((byte)'o'));
        Assert.Equal("prefix"u8, all.AsSpan(1234, 6));
        Pattern.Default.AssertEqual(all.AsSpan(1240, Bytes));
        Assert.Equal(-1, all.AsSpan(1240 + Bytes).IndexOfAnyExcept((byte)'o'));
        Assert.Equal(Bytes, await writer.Within("the writer"));
    }

    private static async Task Run(
        Family family,
        int chunk,
        int total,
        long? limit,
        TransferMode mode,
        Call call,
        TransferEndpoint destination,
        Func<TransferResult, long, Task> judge)
    {
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> writer = Peer.Write(pair.Far, total, chunk);
        TransferOptions options = new() { Mode = mode, LimitBytes = limit };
        TransferResult result = await Rig.Start(call, pair.Near, destination, options).Within("the transfer");
        long moved = Math.Min(total, limit ?? total);
        FileAssert.Ended(result, total, limit);
        await judge(result, moved);
        if (limit is not null)
        {
            Task<Received> rest = Peer.Read(pair.Near, start: moved);
            Assert.Equal(new Received(total - moved, SocketError.Success), await rest.Within("the rest"));
        }

        Assert.Equal(total, await writer.Within("the writer"));
    }
}
