// Upstreams that are not there, or not for long.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerUpstreamTests
{
    private static readonly Received s_reset = new(0, SocketError.ConnectionReset);

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    [Cases("S-11")]
    public async Task A_client_of_an_upstream_that_is_down_sees_a_reset(Family family)
    {
        await using ServerRig rig = await ServerRig.Start(Family.Tcp, family);
        rig.Upstream.Dispose();
        await rig.ConnectAndBeReset();
        RelayConnection record = Assert.Single(await rig.Ended(1));
        Errno expected = family == Family.Tcp ? Errno.ECONNREFUSED : Errno.ENOENT; // .NET takes a path away.
        Assert.Equal((RelayConnectionEnd.ConnectFailed, (int)expected), (record.End, record.Error));
        Assert.Equal((null, null), (record.Connected, record.ClientEnded));
        Assert.Equal(1, rig.Server.GetCounters().ConnectFailures);
        await Deadline.Until("it is told", () => rig.Warnings.Length == 1);
        Assert.Equal(RelayServerWarningKind.ConnectFailed, rig.Warnings[0].Kind);
        Assert.Contains(expected.Name(), rig.Warnings[0].Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    [Cases("S-11")]
    public async Task An_upstream_that_does_not_answer_is_given_up(Family family)
    {
        using FullListener full = new(family);
        await using ServerRig rig = await ServerRig.Start(set: options =>
        {
            options.Upstream = full.EndPoint;
            options.ConnectTimeout = TimeSpan.FromMilliseconds(200);
        });
        using Socket client = rig.Connect();
        client.Send("anybody?"u8);
        Assert.Equal(s_reset, await Peer.Read(client).Within("the reset"));
        RelayConnection record = Assert.Single(await rig.Ended(1));
        Assert.Equal((RelayConnectionEnd.ConnectTimeout, (int)Errno.ETIMEDOUT), (record.End, record.Error));
        Assert.True(record.Duration >= TimeSpan.FromMilliseconds(195), $"given up after {record.Duration}");
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-11")]
    public async Task A_unix_listener_whose_queue_has_room_again_is_connected()
    {
        using FullListener full = new(Family.Unix);
        await using ServerRig rig = await ServerRig.Start(set: options => options.Upstream = full.EndPoint);
        using Socket client = rig.Connect();
        client.Send("patience"u8);
        await Task.Delay(50);
        full.Empty();
        using Socket peer = await Deadline.OnThread(full.Socket.Accept).Within("the connection");
        Assert.Equal("patience"u8.ToArray(), await Peer.ReadExactly(peer, 8).Within("what waited"));
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-11")]
    public async Task A_client_that_resets_meanwhile_ends_the_dial()
    {
        using FullListener full = new(Family.Tcp);
        await using ServerRig rig = await ServerRig.Start(set: options => options.Upstream = full.EndPoint);
        Socket client = rig.Connect();
        await Deadline.Until("it is dialed for", () => rig.Server.GetCounters().Active == 1);
        SocketPair.Reset(client);
        Assert.Equal(RelayConnectionEnd.ClientLeft, Assert.Single(await rig.Ended(1)).End);
        Assert.Equal(1, rig.Server.GetCounters().ClientLeft);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-11")]
    public async Task A_unix_client_that_says_its_word_and_goes_is_heard()
    {
        await using ServerRig rig = await ServerRig.Start(Family.Unix);
        using (Socket client = rig.Connect())
        {
            client.Send("fire and forget"u8);
        }

        using Socket peer = await rig.Accept();
        Assert.Equal("fire and forget"u8.ToArray(), await Peer.ReadAll(peer).Within("the word"));
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-11")]
    public async Task An_upstream_that_resets_what_it_has_accepted_is_passed_on()
    {
        await using ServerRig rig = await ServerRig.Start();
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        {
            SocketPair.Reset(peer);
            Assert.Equal(s_reset, await Peer.Read(client).Within("the reset"));
        }

        Assert.Equal(RelayEnd.RightFailed, Assert.Single(await rig.Ended(1)).Relay.EndedBy);
    }

    /// <summary>It answers, ends and resets before the loop sees that it is connected: the pending error is EPIPE, and
    /// the answer is still there.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-11")]
    public async Task The_answer_of_an_upstream_that_is_gone_already_arrives()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using AnsweredAtOnce kernel = new(upstream);
        await using ServerRig rig = await ServerRig.Start(set: options => options.Upstream = endPoint, kernel: kernel);
        using Socket client = rig.Connect();
        Assert.Equal("busy"u8.ToArray(), await Peer.ReadAll(client).Within("the answer"));
        client.Dispose();
        RelayConnection record = Assert.Single(await rig.Ended(1));
        Assert.Equal((RelayConnectionEnd.Relayed, 4), (record.End, record.Relay.RightToLeft.BytesWritten));
    }

    /// <summary>Of "localhost" ::1 comes first, and nobody listens there.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-11")]
    public async Task The_addresses_of_a_name_are_tried_in_turn()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        IPAddress[] addresses = await Dns.GetHostAddressesAsync("localhost");
        Assert.Contains(IPAddress.Loopback, addresses);
        await using ServerRig rig = await ServerRig.Start(
            set: options => options.Upstream = new DnsEndPoint("localhost", ((IPEndPoint)endPoint).Port));
        using Socket client = rig.Connect();
        client.Send("whichever"u8);
        using Socket peer = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Assert.Equal("whichever"u8.ToArray(), await Peer.ReadExactly(peer, 9).Within("the word"));
        client.Dispose();
        peer.Dispose();
        Assert.Equal(endPoint, Assert.Single(await rig.Ended(1)).Upstream);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-11")]
    public async Task A_name_that_nobody_knows_fails_the_start()
    {
        await Assert.ThrowsAsync<SocketException>(
            () => ServerRig.Start(set: options => options.Upstream = new DnsEndPoint("nobody.invalid", 80)));
    }

    /// <summary>The loop comes back from a connect when all is over.</summary>
    private sealed class AnsweredAtOnce(Socket upstream) : KernelOverride
    {
        public override Moved Connect(BorrowedFd socket, ReadOnlySpan<byte> address)
        {
            Moved begun = base.Connect(socket, address);
            Socket peer = upstream.Accept();
            peer.Send("busy"u8);
            peer.Shutdown(SocketShutdown.Send);
            SocketPair.Reset(peer);
            return begun;
        }
    }
}
