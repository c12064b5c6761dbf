// Slow readers, slow writers, and a bottleneck that changes sides.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class BackPressureTests
{
    private const int Mib = 1 << 20;

    // sozu 1323: with the pipe full, the last KiBs of a reply hung until a timeout.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("X-02")]
    public async Task The_last_bytes_reach_a_slow_reader(
        Family source, Family destination, TransferMode mode, Call call)
    {
        const int Total = (2 * Mib) + 1023;
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 300_000);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        await Task.Delay(50); // Everything is full by now.
        Assert.False(transfer.IsCompleted);
        Task<Received> reader = Peer.Read(rig.Reader, chunk: 128 * 1024, pauseMs: 2);

        ResultAssert.Moved(await transfer.Within("the transfer"), Total, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    // passt 149f457: old bytes were stranded behind new ones, because only what was just read was written.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Bytes_in_transit_are_not_stranded_when_the_writer_falls_silent(TransferMode mode, Call call)
    {
        const int First = 3 * Mib;
        using Rig rig = new(Family.Tcp, Family.Tcp, bufferBytes: 16 * 1024);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        Task<long> writer = Peer.Write(rig.Writer, First, finish: false);
        await Task.Delay(100); // Stalled: the reader has not begun.

        // The writer stays silent and connected; still every byte comes through.
        Task<Received> reader = Peer.Read(rig.Reader, max: First);
        Assert.Equal(new Received(First, SocketError.Success), await reader.Within("all bytes so far"));
        Assert.Equal(First, await writer.Within("the writer"));
        Assert.False(transfer.IsCompleted);

        rig.Writer.Send(Pattern.Default.Slice(First, 10).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 10).Within("ten more"), First);
        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), First + 10, mode);
    }

    // HAProxy 1ac5f2080: it froze after a flip of which side is slower.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task The_bottleneck_may_change_sides(Family source, Family destination, TransferMode mode, Call call)
    {
        const int Part = Mib;
        using Rig rig = new(source, destination, bufferBytes: 32 * 1024);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        long at = 0;
        for (int round = 0; round < 4; round++)
        {
            bool slowReader = round % 2 == 0;
            Task<long> writer = Peer.Write(
                rig.Writer, Part, chunk: 64 * 1024, pauseMs: slowReader ? 0 : 3, start: at, finish: false);
            Task<Received> reader = Peer.Read(rig.Reader, pauseMs: slowReader ? 3 : 0, start: at, max: Part);
            Assert.Equal(Part, await writer.Within("the writer"));
            Assert.Equal(new Received(Part, SocketError.Success), await reader.Within("the reader"));
            at += Part;
        }

        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), at, mode);
    }

    // HAProxy 3abf6934a: an end of stream was forwarded while spliced bytes were still queued.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task An_end_of_stream_does_not_overtake_what_is_in_transit(
        Family source, Family destination, TransferMode mode, Call call)
    {
        const int Total = 200_000;
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: Total);
        await Task.WhenAny(writer, Task.Delay(200));
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        await Task.Delay(100);
        Assert.False(transfer.IsCompleted, "it ended with bytes in transit");

        Task<Received> reader = Peer.Read(rig.Reader, chunk: 10_000);
        ResultAssert.Moved(await transfer.Within("the transfer"), Total, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }
}
