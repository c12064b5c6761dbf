// A transfer that was cancelled goes on where it stopped: what was taken is handed back, positions are exact.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

[Cases("X-16", "GO-124..GO-128")]
public sealed class ResumeFileTests
{
    private const int Total = 6 << 20;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    public async Task From_a_file_to_a_socket(Family family, TransferMode mode, Call call)
    {
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, Total);
        using FileStream stream = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Connect(family, bufferBytes: 16 * 1024);
        ReadOnlyMemory<byte> undelivered = default;
        long written = 0;
        for (int round = 0; round < 3; round++)
        {
            using CancellationTokenSource cancel = new();
            Task<TransferResult> transfer = Rig.Start(
                call,
                stream,
                pair.Near,
                new TransferOptions { Mode = mode, KeepUndelivered = true, Prefix = undelivered },
                cancel.Token);
            await Deadline.Until("it sends", () => pair.Far.Available > 0);
            await Task.Delay(10);
            cancel.Cancel();
            TransferCanceledException thrown =
                await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel"));
            undelivered = thrown.Undelivered.ToArray();
            written += thrown.Progress.BytesWritten;
            Assert.Equal(stream.Position, written + undelivered.Length);
            byte[] some = await Peer.ReadExactly(pair.Far, 1000).Within("some bytes");
            Pattern.Default.AssertEqual(some, round * 1000);
        }

        Task<Received> reader = Peer.Read(pair.Far, start: 3000);
        TransferResult rest = await Rig.Start(
            call, stream, pair.Near, new TransferOptions { Mode = mode, Prefix = undelivered }).Within("the rest");
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal((Total, TransferEnd.EndOfStream), (written + rest.BytesWritten, rest.EndedBy));
        Assert.Equal(new Received(Total - 3000, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal(Total, stream.Position);
    }

    // Cancelled while bytes flow, again and again, by whatever comes first.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    public async Task From_a_socket_into_a_file(Family family, TransferMode mode, Call call)
    {
        using PlacedFile file = new(Place.Memory);
        using FileStream stream = file.Open();
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> writer = Peer.Write(pair.Far, Total, chunk: 30_000);
        ReadOnlyMemory<byte> undelivered = default;
        int canceled = 0;
        while (true)
        {
            using CancellationTokenSource cancel = new(1);
            TransferOptions options = new() { Mode = mode, KeepUndelivered = true, Prefix = undelivered };
            try
            {
                TransferResult result = await Rig.Start(call, pair.Near, stream, options, cancel.Token)
                    .Within("the transfer");
                Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
                break;
            }
            catch (TransferCanceledException e)
            {
                undelivered = e.Undelivered.ToArray();
                canceled++;
                Assert.True(canceled < 10_000, "it does not get on");
            }
        }

        Assert.Equal((Total, Total), (stream.Position, stream.Length));
        Pattern.Default.AssertEqual(file.ReadBytes());
        Assert.Equal(Total, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FileMatrix.PlacesModesCalls), MemberType = typeof(FileMatrix))]
    public async Task From_a_file_into_a_file(Place place, TransferMode mode, Call call)
    {
        using PlacedFile from = PlacedFile.OfPattern(place, Total);
        using PlacedFile to = new(place);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();
        using CancellationTokenSource cancel = new();
        TransferOptions options = new()
        {
            Mode = mode,
            BytesPerSecond = 1_000_000,
            KeepUndelivered = true,
        };
        Task<TransferResult> transfer = Rig.Start(call, source, destination, options, cancel.Token);
        await Deadline.Until("it copies", () => new FileInfo(to.Path).Length > 0);
        cancel.Cancel();
        TransferCanceledException thrown =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", 1500));
        Assert.Equal((source.Position, destination.Position),
            (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
        Assert.InRange(thrown.Progress.BytesWritten, 1, Total - 1);
        TransferResult rest = await Rig.Start(
            call, source, destination, new TransferOptions { Mode = mode, Prefix = thrown.Undelivered })
            .Within("the rest");
        Assert.Equal(Total, thrown.Progress.BytesWritten + rest.BytesWritten);
        Pattern.Default.AssertEqual(to.ReadBytes());
        Assert.Equal(Total, destination.Position);
    }

    // After a cancel nothing is written any more: not by a call that was underway, and not from the caller's memory.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Nothing_is_touched_afterwards(TransferMode mode, Call call)
    {
        for (int round = 0; round < 10; round++)
        {
            using PlacedFile file = new(Place.Memory);
            using FileStream stream = file.Open(bufferBytes: 0);
            using SocketPair pair = SocketPair.Tcp();
            pair.Far.Send(Pattern.Default.Slice(0, 200_000).Span);
            byte[] prefix = Pattern.Default.Bytes(0, 300_000);
            using CancellationTokenSource cancel = new();
            Task<TransferResult> transfer = Rig.Start(
                call, pair.Near, stream, new TransferOptions { Mode = mode, Prefix = prefix }, cancel.Token);
            cancel.Cancel();
            long written = 0;
            try
            {
                written = (await transfer.Within("the transfer")).BytesWritten;
            }
            catch (TransferCanceledException e)
            {
                written = e.Progress.BytesWritten;
            }

            Array.Fill(prefix, (byte)'!');
            byte[] all = file.ReadBytes();
            Assert.Equal((written, written), (all.Length, stream.Position));
            Pattern.Default.AssertEqual(all.AsSpan(0, Math.Min(all.Length, 300_000)));
        }
    }
}
