// A kernel may move less than it was asked for, at any call: the bytes are the same, in the same order.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class ShortMoveTests
{
    private const int Total = 400_003;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task A_transfer_of_short_moves_loses_and_repeats_nothing(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination, bufferBytes: 32 * 1024);
        using StumblingKernel kernel = new(seed: 1) { ShortOneIn = 2 };
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 70_000);
        Task<Received> reader = Peer.Read(rig.Reader);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode, LimitBytes = Total });

        TransferResult result = await transfer.Within("the transfer");

        Assert.Equal((Total, Total, TransferEnd.LimitReached),
            (result.BytesConsumed, result.BytesWritten, result.EndedBy));
        Assert.True(kernel.ShortMoves > 3, $"{kernel.ShortMoves} short moves");
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, Family.Tcp)]
    [InlineData(Family.Tcp, Family.Unix)]
    [InlineData(Family.Unix, Family.Unix)]
    public async Task A_mirrored_relay_of_short_moves_gives_all_three_the_same(Family left, Family right)
    {
        using Rig rig = new(left, right);
        using StumblingKernel kernel = new(seed: 2) { ShortOneIn = 2 };
        using Pipe mirror = Pipe.Create();
        FlowOptions mirrored = new() { Mirror = mirror };
        Task<RelayResult> relay =
            Relay.RunAsync(rig.Source, rig.Destination, new RelayOptions { LeftToRight = mirrored }).AsTask();
        Task<long> up = Peer.Write(rig.Writer, Total, chunk: 70_000);
        Task<long> down = Peer.Write(rig.Reader, Total, chunk: 900, pattern: Pattern.Other);
        Task<long> recorded = Tees.PipePeer.ReadAll(mirror);

        Task<Received> upper = Peer.Read(rig.Reader);
        Task<Received> lower = Peer.Read(rig.Writer, pattern: Pattern.Other);
        await Peer.AssertAll(Total, up, upper);
        await Peer.AssertAll(Total, down, lower);
        RelayResult result = await relay.Within("the relay");

        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal(Total, await recorded.Within("the mirror"));
        Assert.Equal(Total, result.LeftToRight.Mirror!.BytesMirrored);
        Assert.True(kernel.ShortMoves > 10, $"{kernel.ShortMoves} short moves");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_file_that_moves_in_short_steps_arrives_whole_and_is_written_whole(Call call)
    {
        string from = Path.GetTempFileName();
        string to = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(from, Pattern.Default.Bytes(0, Total));
            using StumblingKernel kernel = new(seed: 3) { ShortOneIn = 2 };
            await Send(call, from);
            await Copy(call, from, to);
            await Save(call, to);
            Assert.True(kernel.ShortMoves > 5, $"{kernel.ShortMoves} short moves");
        }
        finally
        {
            File.Delete(from);
            File.Delete(to);
        }
    }

    private static async Task Send(Call call, string path)
    {
        using SocketPair pair = SocketPair.Connect(Family.Tcp, Origin.Sync);
        using FileStream file = File.OpenRead(path);
        Task<Received> reader = Peer.Read(pair.Far);
        TransferResult result = await Rig.Start(call, file, pair.Near).Within("the transfer to a socket");
        Assert.Equal((Total, Total), (result.BytesWritten, file.Position));
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(Total, SocketError.Success), await reader.Within("the reader"));
    }

    private static async Task Copy(Call call, string from, string to)
    {
        using FileStream source = File.OpenRead(from);
        using FileStream destination = File.Create(to);
        TransferResult result = await Rig.Start(call, source, destination).Within("the transfer to a file");
        Assert.Equal((Total, Total, Total), (result.BytesWritten, source.Position, destination.Position));
        destination.Dispose();
        Pattern.Default.AssertEqual(await File.ReadAllBytesAsync(to));
    }

    private static async Task Save(Call call, string path)
    {
        using SocketPair pair = SocketPair.Connect(Family.Tcp, Origin.Sync);
        using FileStream file = File.Create(path);
        Task<long> writer = Peer.Write(pair.Far, Total);
        TransferResult result = await Rig.Start(call, pair.Near, file).Within("the transfer from a socket");
        Assert.Equal((Total, Total), (result.BytesWritten, file.Position));
        Assert.Equal(Total, await writer.Within("the writer"));
        file.Dispose();
        Pattern.Default.AssertEqual(await File.ReadAllBytesAsync(path));
    }
}
