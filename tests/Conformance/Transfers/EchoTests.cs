// Source and destination may be the same socket: an echo server in one line.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

[Cases("X-17")]
public sealed class EchoTests
{
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    public async Task A_socket_echoes_itself(Family family, TransferMode mode, Call call)
    {
        const int Total = 3_000_000;
        using SocketPair pair = SocketPair.Connect(family);
        Task<TransferResult> transfer = Rig.Start(call, pair.Near, pair.Near, new TransferOptions { Mode = mode });

        // Once while nothing else is on the way, then as a stream.
        pair.Far.Send(Pattern.Default.Slice(0, 10).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(pair.Far, 10).Within("the first echo", 2000));
        Task<Received> reader = Peer.Read(pair.Far, start: 10);
        Task<long> writer = Peer.Write(pair.Far, Total, start: 10);

        ResultAssert.Moved(await transfer.Within("the transfer"), Total + 10, mode);
        pair.Near.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.FamiliesModesCalls), MemberType = typeof(Matrix))]
    public async Task An_echo_to_somebody_who_does_not_read_waits_and_can_be_canceled(
        Family family, TransferMode mode, Call call)
    {
        using SocketPair pair = SocketPair.Connect(family, bufferBytes: 16 * 1024);
        using CancellationTokenSource cancel = new();
        Task<TransferResult> transfer = Rig.Start(
            call, pair.Near, pair.Near, new TransferOptions { Mode = mode, KeepUndelivered = true }, cancel.Token);
        Task<long> writer = Peer.Write(pair.Far, 64 << 20);
        await Task.Delay(100);
        Assert.False(transfer.IsCompleted || writer.IsCompleted);
        cancel.Cancel();

        TransferCanceledException thrown =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the transfer", 500));

        Pattern.Default.AssertEqual(thrown.Undelivered.Span, thrown.Progress.BytesWritten);
        Assert.Equal(thrown.Progress.BytesConsumed - thrown.Progress.BytesWritten, thrown.Undelivered.Length);
        Task<Received> reader = Peer.Read(pair.Far, max: thrown.Progress.BytesWritten);
        Assert.Equal(new Received(thrown.Progress.BytesWritten, SocketError.Success),
            await reader.Within("the reader"));
        SocketPair.Reset(pair.Near);
        await Peer.AssertWroteAtLeast(thrown.Progress.BytesConsumed, writer);
    }
}
