// In a network of its own: an upstream at the other end of a cable.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Servers;

internal sealed class ServerNetworkChild : IChild
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);

    public int Run(string[] args)
    {
        using CabledNetwork network = CabledNetwork.Make();
        FdCaches.WarmUp();
        using Socket upstream = network.Listen();
        FdTable before = FdTable.TakeAtRest();
        (args[0] switch
        {
            "next address" => NextAddress(upstream),
            "black hole" => BlackHole(upstream),
            _ => PulledCable(network, upstream),
        }).GetAwaiter().GetResult();
        before.AssertSame();
        Console.WriteLine("done");
        return 0;
    }

    /// <summary>The first address of the name answers nothing, so the second one is tried in time.</summary>
    private static async Task NextAddress(Socket upstream)
    {
        int port = ((IPEndPoint)upstream.LocalEndPoint!).Port;
        await using ServerRig rig = await ServerRig.Start(set: options =>
        {
            options.Upstream = new DnsEndPoint(CabledNetwork.Name, port);
            options.ConnectTimeout = s_patience;
        });
        Socket client = rig.Connect();
        client.Send("patience"u8);
        Socket peer = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Assert.Equal("patience"u8.ToArray(), await Peer.ReadExactly(peer, 8).Within("what waited"));
        client.Dispose();
        peer.Dispose();
        RelayConnection record = Assert.Single(await rig.Ended(1));
        Assert.Equal((RelayConnectionEnd.Relayed, upstream.LocalEndPoint), (record.End, record.Upstream));
        Assert.True(record.Connected > s_patience * 0.9, $"connected after {record.Connected}");
        Assert.Equal(0, rig.Server.GetCounters().ConnectFailures);
    }

    /// <summary>Nobody answers at all, whoever asks.</summary>
    private static async Task BlackHole(Socket upstream)
    {
        const int Clients = 50;
        IPEndPoint nobody = new(CabledNetwork.There[0], ((IPEndPoint)upstream.LocalEndPoint!).Port);
        await using ServerRig rig = await ServerRig.Start(set: options =>
        {
            options.Upstream = nobody;
            options.ConnectTimeout = s_patience;
        });
        Socket[] clients = [.. Enumerable.Range(0, Clients).Select(_ => rig.Connect())];
        Array.ForEach(clients, client => client.Send("anybody?"u8));
        RelayConnection[] records = await rig.Ended(Clients);
        Assert.All(records, record => Assert.Equal(
            (RelayConnectionEnd.ConnectTimeout, (int)Errno.ETIMEDOUT, nobody),
            (record.End, record.Error, record.Upstream)));
        Assert.All(records, record => Assert.True(record.Duration > s_patience * 0.9, $"after {record.Duration}"));
        foreach (Socket client in clients)
        {
            Assert.Equal(
                new Received(0, SocketError.ConnectionReset), await Peer.Read(client).Within("a client's reset"));
            client.Dispose();
        }

        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((Clients, Clients, 0), (counters.Accepted, counters.ConnectFailures, counters.Active));
    }

    /// <summary>Of peers that are gone without a word nothing comes and nothing is acknowledged: the idle timeout ends
    /// both who was sending and who was not. With the cable back, the same server goes on.</summary>
    private static async Task PulledCable(CabledNetwork network, Socket upstream)
    {
        const long Endless = 1L << 40;
        await using ServerRig rig = await ServerRig.Start(set: options =>
        {
            options.Upstream = upstream.LocalEndPoint;
            options.ConnectTimeout = s_patience;
            options.IdleTimeout = 2 * s_patience;
        });
        using Socket quiet = rig.Connect();
        using Socket quietPeer = await Deadline.OnThread(upstream.Accept).Within("a connection");
        using Socket busy = rig.Connect();
        using Socket busyPeer = await Deadline.OnThread(upstream.Accept).Within("a connection");
        Task<long> writer = Peer.Write(busy, Endless);
        Assert.Equal(1 << 20, (await Peer.Read(busyPeer, max: 1 << 20).Within("a part")).Count);
        network.Plug(isIn: false);
        RelayConnection[] records = await rig.Ended(2);
        Assert.All(records, record => Assert.Equal(RelayEnd.IdleTimeout, record.Relay.EndedBy));
        long sent = await writer.Within("the writer"); // Its connection broke.
        Assert.InRange(records.Sum(record => record.Relay.LeftToRight.BytesWritten), 1 << 20, sent + 65536);
        Assert.Equal(new Received(0, SocketError.ConnectionReset), await Peer.Read(quiet).Within("the quiet one's"));
        using (Socket late = rig.Connect())
        {
            Assert.Equal(new Received(0, SocketError.ConnectionReset), await Peer.Read(late).Within("the late one's"));
        }

        Assert.Equal(RelayConnectionEnd.ConnectTimeout, (await rig.Ended(3))[2].End);
        network.Plug(isIn: true);
        await Deadline.Until("somebody is served", () =>
        {
            using Socket client = rig.Connect();
            return upstream.Poll(2 * s_patience, SelectMode.SelectRead);
        });
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal(2, counters.EndedBy(RelayEnd.IdleTimeout));
    }
}
