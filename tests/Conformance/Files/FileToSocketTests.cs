// From a file to a socket by sendfile.
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

public sealed class FileToSocketTests
{
    /// <summary>The size of the text that the Go suite sends.</summary>
    private const int TextBytes = 567_198;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    [Cases("GO-72..GO-81")]
    public async Task Five_sizes(Family family, TransferMode mode, Call call)
    {
        foreach (Place place in FileMatrix.Places)
        {
            foreach (int size in FileMatrix.Sizes)
            {
                await Run(family, place, size, null, mode, call);
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    [Cases("GS-01..GS-03")]
    public async Task The_whole_file_whatever_the_limit(Family family, TransferMode mode, Call call)
    {
        foreach (long? limit in (long?[])[null, TextBytes, 2 * TextBytes, long.MaxValue, TextBytes - 1])
        {
            await Run(family, Place.Disk, TextBytes, limit, mode, call);
        }
    }

    // Across the 2^31 bytes that are the most of one call of the kernel: not from 0 on, which takes seconds. The file
    // is a hole; nothing of it is on the disk.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.Calls), MemberType = typeof(FileMatrix))]
    [Cases("GS-04")]
    public async Task Across_2_GiB(Call call)
    {
        const long Size = (1L << 31) + 123;
        const int Moved = 200_000_000;
        using PlacedFile file = new(Place.Disk);
        using FileStream stream = file.Open();
        stream.SetLength(Size);
        stream.Position = Size - 4;
        stream.Write("tail"u8);
        stream.Position = Size - Moved;
        using SocketPair pair = SocketPair.Unix();
        Task<byte[]> reader = Deadline.OnThread(() =>
        {
            byte[] buffer = new byte[1 << 20];
            int last = 0;
            long all = 0;
            for (int count; (count = pair.Far.Receive(buffer)) > 0; last = count)
            {
                all += count;
                Assert.Equal(-1, buffer.AsSpan(0, all > Moved - 4 ? 0 : count).IndexOfAnyExcept((byte)0));
            }

            Assert.Equal(Moved, all);
            return buffer[..last];
        });
        TransferResult result = await Rig.Start(call, stream, pair.Near).Within("the transfer");
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal((byte)'l', (await reader.Within("the reader"))[^1]);
        FileAssert.Moved(result, Moved, TransferMechanism.Sendfile, TransferMode.Auto);
        Assert.Equal(Size, stream.Position);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("GS-05")]
    public async Task In_parts_one_after_the_other(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = new(place, "Produced by someone"u8);
        using FileStream stream = file.Open(FileAccess.Read);
        using SafeFileHandle handle = file.OpenHandle(FileAccess.Read);
        foreach (TransferEndpoint source in (TransferEndpoint[])[stream, handle])
        {
            using SocketPair pair = SocketPair.Tcp();
            for (int part = 0; part < 3; part++)
            {
                TransferOptions options = new() { Mode = mode, LimitBytes = 3 };
                TransferResult result = await Rig.Start(call, source, pair.Near, options).Within("a part");
                FileAssert.Moved(result, 3, TransferMechanism.Sendfile, mode);
            }

            Assert.Equal("Produced "u8.ToArray(), await Peer.ReadExactly(pair.Far, 9).Within("the reader"));
        }

        Assert.Equal((9, 9), (stream.Position, HandleState.PositionOf(handle)));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("GS-06")]
    public async Task From_the_position_on(Place place, TransferMode mode, Call call)
    {
        const int Start = 65 << 10;
        const int Bytes = 10 << 10;
        using PlacedFile file = PlacedFile.OfPattern(place, TextBytes);
        using FileStream stream = file.Open(FileAccess.Read);
        stream.ReadByte(); // Reads ahead.
        stream.Position = Start;
        using SocketPair pair = SocketPair.Tcp();
        TransferOptions options = new() { Mode = mode, LimitBytes = Bytes };
        TransferResult result = await Rig.Start(call, stream, pair.Near, options).Within("the transfer");
        FileAssert.Moved(result, Bytes, TransferMechanism.Sendfile, mode);
        pair.Near.Shutdown(SocketShutdown.Send);
        byte[] got = await Peer.ReadAll(pair.Far).Within("the reader");
        Assert.Equal(Bytes, got.Length);
        Pattern.Default.AssertEqual(got, Start);
        Assert.Equal(Start + Bytes, stream.Position);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("GS-08", "GO-124..GO-125")]
    public async Task A_cancel_before_the_call_sends_nothing(Place place, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, 5000);
        using FileStream stream = file.Open(FileAccess.Read);
        stream.Position = 100;
        using SocketPair pair = SocketPair.Tcp();
        using CancellationTokenSource cancel = new();
        cancel.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(() => Rig.Start(
            call, stream, pair.Near, new TransferOptions { Mode = mode }, cancel.Token).Within("the transfer"));
        Assert.Equal((0, 0, 100), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten, stream.Position));
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Peer.ReadAll(pair.Far).Within("the reader"));

        // The other way round as well: not a byte is taken.
        pair.Far.Send("stays"u8);
        using PlacedFile target = new(place, "as it was"u8);
        using FileStream destination = target.Open();
        await Assert.ThrowsAsync<TransferCanceledException>(() => Rig.Start(
            call, pair.Near, destination, new TransferOptions { Mode = mode }, cancel.Token).Within("the transfer"));
        Assert.Equal("as it was"u8.ToArray(), target.ReadBytes());
        Assert.Equal("stays"u8.ToArray(), await Peer.ReadExactly(pair.Near, 5).Within("what stays"));
    }

    // 10 MiB out of one file, through a connection, into another; each direction is a transfer of its own.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    [Cases("GO-82")]
    public async Task Through_a_connection_from_file_to_file(Place place, TransferMode mode, Call call)
    {
        const int Bytes = 10 << 20;
        using PlacedFile from = PlacedFile.OfPattern(place, Bytes);
        using PlacedFile to = new(place);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        using SocketPair pair = SocketPair.Tcp();
        TransferOptions options = new() { Mode = mode };
        Task<TransferResult> into = Rig.Start(call, pair.Far, destination, options);
        TransferResult sent = await Rig.Start(call, source, pair.Near, options).Within("out of the file");
        pair.Near.Shutdown(SocketShutdown.Send);
        FileAssert.Moved(sent, Bytes, TransferMechanism.Sendfile, mode);
        FileAssert.Moved(await into.Within("into the file"), Bytes, TransferMechanism.SpliceThroughPipe, mode);
        Assert.Equal((Bytes, Bytes), (source.Position, destination.Position));
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    private static async Task Run(
        Family family, Place place, int size, long? limit, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(place, size);
        using FileStream stream = file.Open(FileAccess.Read, bufferBytes: size == 1025 ? 0 : 4096);
        using SocketPair pair = SocketPair.Connect(family);
        Task<Received> reader = Peer.Read(pair.Far);
        TransferOptions options = new() { Mode = mode, LimitBytes = limit };
        TransferResult result = await Rig.Start(call, stream, pair.Near, options).Within("the transfer");
        pair.Near.Shutdown(SocketShutdown.Send);
        long moved = Math.Min(size, limit ?? size);
        FileAssert.Ended(result, size, limit);
        FileAssert.Moved(result, moved, TransferMechanism.Sendfile, mode);
        Assert.Equal(moved, stream.Position);
        Assert.Equal(new Received(moved, SocketError.Success), await reader.Within("the reader"));
    }
}
