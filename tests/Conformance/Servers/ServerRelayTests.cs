// What a server relays: every kind of address, both ways, whole, and how a connection ends.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerRelayTests
{
    private const int Bytes = 3_000_017;

    public static TheoryData<Family, Family, int> Pairs
    {
        get
        {
            TheoryData<Family, Family, int> pairs = [];
            foreach (int loops in (int[])[1, 2, 4])
            {
                pairs.Add(Family.Tcp, Family.Tcp, loops);
                pairs.Add(Family.Tcp, Family.Unix, loops);
                pairs.Add(Family.Unix, Family.Tcp, loops);
                pairs.Add(Family.Unix, Family.Unix, loops);
            }

            return pairs;
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Pairs))]
    [Cases("S-01")]
    public async Task Both_ways_arrive_whole_and_the_record_says_so(Family front, Family back, int loops)
    {
        await using ServerRig rig = await ServerRig.Start(front, back, loops: loops);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        using (peer)
        {
            Task<long> up = Peer.Write(client, Bytes);
            Task<long> down = Peer.Write(peer, Bytes / 2);
            Task<Received> atPeer = Peer.Read(peer);
            await Peer.AssertAll(Bytes / 2, down, Peer.Read(client));
            await Peer.AssertAll(Bytes, up, atPeer);
        }

        RelayConnection record = Assert.Single(await rig.Ended(1));
        Assert.Equal((RelayConnectionEnd.Relayed, RelayEnd.EndOfStream), (record.End, record.Relay.EndedBy));
        ResultAssert.Moved(record.Relay.LeftToRight, Bytes, TransferMode.Auto);
        ResultAssert.Moved(record.Relay.RightToLeft, Bytes / 2, TransferMode.Auto);
        Assert.Equal((1L, 0), (record.Id, record.Error));
        Assert.Equal(rig.Server.EndPoints[0], record.Listener);
        TimeSpan?[] times =
        [
            TimeSpan.Zero, record.Connected, record.FirstByteToUpstream, record.ClientEnded, record.Duration,
        ];
        Assert.Equal(times.Order(), times);
        Assert.InRange(record.FirstByteToClient!.Value, record.Connected!.Value, record.UpstreamEnded!.Value);
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((1, 0, 1), (counters.Accepted, counters.Active, counters.Relayed));
        Assert.Equal((Bytes, Bytes / 2), (counters.BytesToUpstream, counters.BytesToClient));
        Assert.Equal(1, counters.EndedBy(RelayEnd.EndOfStream));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [InlineData(TransferMode.CopyOnly)]
    [Cases("S-01")]
    public async Task Each_mode_moves_bytes_as_it_says(TransferMode mode)
    {
        await using ServerRig rig = await ServerRig.Start(set: options => options.Mode = mode);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        using (peer)
        {
            await Peer.AssertAll(Bytes, Peer.Write(client, Bytes), Peer.Read(peer));
        }

        ResultAssert.Moved(Assert.Single(await rig.Ended(1)).Relay.LeftToRight, Bytes, mode);
        Assert.Equal(mode == TransferMode.CopyOnly ? 0 : Bytes, rig.Server.GetCounters().BytesSpliced);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    [Cases("S-02")]
    public async Task Who_has_ended_its_direction_still_gets_the_answer(Family family)
    {
        await using ServerRig rig = await ServerRig.Start(family, family);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        using (peer)
        {
            client.Send("question"u8);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("question"u8.ToArray(), await Peer.ReadAll(peer).Within("the question"));
            await Peer.AssertAll(Bytes, Peer.Write(peer, Bytes), Peer.Read(client, pauseMs: 1));
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-02")]
    public async Task Without_half_close_the_first_end_ends_the_connection()
    {
        await using ServerRig rig = await ServerRig.Start(set: options => options.HalfClose = false);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        using (peer)
        {
            client.Send("all"u8);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("all"u8.ToArray(), await Peer.ReadAll(peer).Within("all of it"));
            Assert.Empty(await Peer.ReadAll(client).Within("the end"));
        }

        Assert.Equal(RelayEnd.EndOfStream, Assert.Single(await rig.Ended(1)).Relay.EndedBy);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-03")]
    public async Task A_reset_is_passed_on_and_told()
    {
        await using ServerRig rig = await ServerRig.Start();
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (peer)
        {
            client.Send("x"u8);
            _ = await Peer.ReadExactly(peer, 1).Within("the byte");
            SocketPair.Reset(client);
            Assert.Equal(new Received(0, SocketError.ConnectionReset), await Peer.Read(peer).Within("the reset"));
        }

        RelayConnection record = Assert.Single(await rig.Ended(1));
        Assert.Equal((RelayEnd.LeftFailed, (int)Errno.ECONNRESET), (record.Relay.EndedBy, record.Error));
    }

    /// <summary>Bytes that come after a relay has ended would make the close a reset, which destroys what is still
    /// underway to a slow reader.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-04")]
    public async Task Who_still_sends_at_the_end_loses_nothing_of_what_is_underway_to_him()
    {
        await using ServerRig rig = await ServerRig.Start(set: options => options.HalfClose = false);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        using (peer)
        {
            Task<long> answer = Peer.Write(peer, Bytes);
            Task<Received> received = Peer.Read(client, pauseMs: 1);
            while (!received.IsCompleted)
            {
                try
                {
                    client.Send("more"u8);
                }
                catch (SocketException)
                {
                    break; // It is closed, and all has arrived or not.
                }

                await Task.Delay(1);
            }

            await Peer.AssertAll(Bytes, answer, received);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    [Cases("S-05")]
    public async Task An_idle_connection_and_one_that_lingers_too_long_are_cut_off(bool halfClosed)
    {
        await using ServerRig rig = await ServerRig.Start(set: options =>
        {
            options.IdleTimeout = TimeSpan.FromMilliseconds(halfClosed ? 20_000 : 300);
            options.LingerAfterHalfClose = TimeSpan.FromMilliseconds(300);
        });
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        using (peer)
        {
            client.Send("x"u8);
            if (halfClosed)
            {
                client.Shutdown(SocketShutdown.Send);
            }

            Received end = await Peer.Read(client).Within("the end");
            Assert.Equal(new Received(0, SocketError.ConnectionReset), end);
        }

        RelayEnd endedBy = Assert.Single(await rig.Ended(1)).Relay.EndedBy;
        Assert.Equal(halfClosed ? RelayEnd.LingerTimeout : RelayEnd.IdleTimeout, endedBy);
    }
}
