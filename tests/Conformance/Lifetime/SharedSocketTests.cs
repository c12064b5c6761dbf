// One socket in several transfers at once, and in the hands of .NET's own calls before, between and afterwards.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Lifetime;

public sealed class SharedSocketTests
{
    private const int Bytes = 500_009;

    /// <summary>Its partners differ, so the two transfers may be at home on two loops.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsOrigins), MemberType = typeof(Matrix))]
    public async Task A_socket_is_the_source_of_one_transfer_and_the_destination_of_another(
        Family family, Family partners, Origin origin)
    {
        for (int round = 0; round < 6; round++)
        {
            using SocketPair shared = SocketPair.Connect(family, origin);
            using SocketPair left = SocketPair.Connect(partners, origin);
            using SocketPair right = SocketPair.Connect(partners, origin);
            Task<TransferResult> from = Transfer.CopyAsync(shared.Near, right.Near).AsTask();
            Task<TransferResult> to = Transfer.CopyAsync(left.Near, shared.Near).AsTask();
            Task<Received> atRight = Peer.Read(right.Far, max: Bytes);
            Task<Received> atShared = Peer.Read(shared.Far, max: Bytes, pattern: Pattern.Other);
            await Peer.AssertAll(Bytes, Peer.Write(shared.Far, Bytes), atRight);
            await Peer.AssertAll(Bytes, Peer.Write(left.Far, Bytes, pattern: Pattern.Other), atShared);
            Assert.Equal((Bytes, Bytes),
                ((await from.Within("from")).BytesWritten, (await to.Within("to")).BytesWritten));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    public async Task Disposing_a_socket_of_two_transfers_ends_both(Family family)
    {
        for (int round = 0; round < 6; round++)
        {
            using SocketPair shared = SocketPair.Connect(family);
            using SocketPair left = SocketPair.Connect(family);
            using SocketPair right = SocketPair.Connect(family);
            Task<TransferResult> from = Transfer.CopyAsync(shared.Near, right.Near).AsTask();
            Task<TransferResult> to = Transfer.CopyAsync(left.Near, shared.Near).AsTask();
            await Task.Delay(10);
            await Deadline.OnThread(shared.Near.Dispose).Within("Dispose", 500);
            TransferDisposedException first =
                await Assert.ThrowsAsync<TransferDisposedException>(() => from.Within("from", 500));
            TransferDisposedException second =
                await Assert.ThrowsAsync<TransferDisposedException>(() => to.Within("to", 500));
            Assert.Equal((TransferSide.Source, TransferSide.Destination), (first.Side, second.Side));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsCalls), MemberType = typeof(Matrix))]
    [Cases("GS-07")]
    public async Task Sync_calls_wait_as_before_and_send_all_they_are_given(
        Family source, Family destination, Call call)
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { LimitBytes = Bytes });
        await Peer.AssertAll(
            Bytes, Peer.Write(rig.Writer, Bytes, finish: false), Peer.Read(rig.Reader, max: Bytes));
        await transfer.Within("the transfer");
        foreach ((Socket near, Socket far) in new[] { (rig.Source, rig.Writer), (rig.Destination, rig.Reader) })
        {
            Assert.True(near.Blocking);
            near.ReceiveTimeout = 150;
            long start = Stopwatch.GetTimestamp();
            SocketException e = Assert.Throws<SocketException>(() => near.Receive(new byte[10]));
            Assert.Equal(SocketError.TimedOut, e.SocketErrorCode);
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 100, 2000);
            near.ReceiveTimeout = 0;

            Task<int> waiting = Deadline.OnThread(() => near.Receive(new byte[10]));
            await Task.Delay(30);
            Assert.False(waiting.IsCompleted);
            far.Send("x"u8);
            Assert.Equal(1, await waiting.Within("a sync receive"));

            byte[] large = Pattern.Other.Bytes(0, 8_000_000);
            Task<int> sending = Deadline.OnThread(() => near.Send(large));
            Pattern.Other.AssertEqual(await Peer.ReadExactly(far, large.Length).Within("a large sync send"));
            Assert.Equal(large.Length, await sending.Within("a sync send"));
        }
    }

    /// <summary>Both epolls know the socket then: neither takes the other's events.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsOrigins), MemberType = typeof(Matrix))]
    public async Task Async_calls_of_NET_and_transfers_take_turns(Family source, Family destination, Origin origin)
    {
        using Rig rig = new(source, destination, origin);
        byte[] buffer = new byte[100];
        for (int round = 0; round < 20; round++)
        {
            Task<int> receive = rig.Source.ReceiveAsync(buffer);
            rig.Writer.Send(Pattern.Default.Slice(round, 100).Span);
            Assert.Equal(100, await receive.Within(".NET's receive"));
            Pattern.Default.AssertEqual(buffer, round);
            Task<TransferResult> transfer = rig.Start(Call.Async, new TransferOptions { LimitBytes = 70_000 });
            Task<byte[]> read = Peer.ReadExactly(rig.Reader, 70_000);
            rig.Writer.Send(Pattern.Other.Slice(round, 70_000).Span);
            Pattern.Other.AssertEqual(await read.Within("the transfer's bytes"), round);
            Assert.Equal(70_000, (await transfer.Within("the transfer")).BytesWritten);
        }
    }
}
