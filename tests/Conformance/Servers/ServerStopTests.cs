// How a server stops.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerStopTests
{
    /// <summary>Bytes flow both ways in every connection when it stops, or are held up on their way because one side
    /// does not read; and the streams go on for a while.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(1)]
    [InlineData(2)]
    [Cases("S-15")]
    public async Task Stopping_under_load_loses_no_byte_and_takes_nobody_new(int loops)
    {
        const int Connections = 8;
        await using ServerRig rig = await ServerRig.Start(loops: loops);
        using ManualResetEventSlim stopping = new();
        List<LastingStream> streams = [];
        List<Socket> sockets = [];
        for (int i = 0; i < Connections; i++)
        {
            (Socket client, Socket peer) = await rig.ConnectBoth();
            sockets.AddRange([client, peer]);
            streams.Add(new LastingStream(client, peer, new Pattern(2 * i), isHeldUp: i % 4 == 1, stopping));
            streams.Add(new LastingStream(peer, client, new Pattern((2 * i) + 1), isHeldUp: i % 4 == 2, stopping));
        }

        await Deadline.Until("all are under way", () => streams.TrueForAll(stream => stream.IsUnderWay));
        Task stopped = rig.Server.StopAsync();
        await Deadline.Until("nobody listens", () =>
        {
            try
            {
                rig.Connect().Dispose();
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
        rig.Upstream.Dispose(); // Who was let in meanwhile is nobody's: reset.
        Assert.DoesNotContain(rig.Records, record => record.Relay.LeftToRight.BytesWritten > 0); // All go on.
        Assert.False(stopped.IsCompleted);
        stopping.Set();
        foreach (LastingStream stream in streams)
        {
            await stream.AssertWhole();
        }

        sockets.ForEach(socket => socket.Dispose());
        await stopped.Within("the stop");
        RelayConnection[] carried = [.. rig.Records.Where(record => record.Relay.LeftToRight.BytesWritten > 0)];
        Assert.Equal(Connections, carried.Length);
        Assert.All(carried, record => Assert.Equal(RelayEnd.EndOfStream, record.Relay.EndedBy));
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal(0, counters.Active);
        Assert.Equal(streams.Sum(stream => stream.Sent), counters.BytesToUpstream + counters.BytesToClient);
    }

    public enum Impatience
    {
        DrainTimeout,
        Token,
        Dispose,

        /// <summary>While a stop waits already.</summary>
        SecondStop,
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Impatience.DrainTimeout)]
    [InlineData(Impatience.Token)]
    [InlineData(Impatience.Dispose)]
    [InlineData(Impatience.SecondStop)]
    [Cases("S-16")]
    public async Task What_does_not_end_is_reset(Impatience impatience)
    {
        await using ServerRig rig = await ServerRig.Start(set: options => options.DrainTimeout =
            impatience == Impatience.DrainTimeout ? TimeSpan.FromMilliseconds(100) : Timeout.InfiniteTimeSpan);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using (client)
        using (peer)
        {
            client.Send("x"u8);
            _ = await Peer.ReadExactly(peer, 1).Within("the byte");
            using CancellationTokenSource patience = new(100);
            Task stopped = impatience switch
            {
                Impatience.DrainTimeout => rig.Server.StopAsync(),
                Impatience.Token => rig.Server.StopAsync(patience.Token),
                Impatience.SecondStop => Task.WhenAll(
                    rig.Server.StopAsync(), rig.Server.DisposeAsync().AsTask()),
                _ => rig.Server.DisposeAsync().AsTask(),
            };
            Received reset = new(0, SocketError.ConnectionReset);
            Assert.Equal(reset, await Peer.Read(client).Within("the client's reset"));
            Assert.Equal(reset, await Peer.Read(peer).Within("the upstream's reset"));
            await stopped.Within("the stop");
            await rig.Server.StopAsync().Within("a second stop");
        }

        Assert.Equal(RelayEnd.Aborted, Assert.Single(rig.Records).Relay.EndedBy);
        Assert.Equal(1, rig.Server.GetCounters().EndedBy(RelayEnd.Aborted));
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-17")]
    public async Task What_is_being_dialed_for_is_reset_as_well()
    {
        using FullListener full = new(Family.Tcp);
        await using ServerRig rig = await ServerRig.Start(set: options => options.Upstream = full.EndPoint);
        using Socket client = rig.Connect();
        await Deadline.Until("it is dialed for", () => rig.Server.GetCounters().Active == 1);
        await rig.Server.DisposeAsync();
        Received end = await Peer.Read(client).Within("the reset");
        Assert.Equal(new Received(0, SocketError.ConnectionReset), end);
        Assert.Equal(RelayConnectionEnd.Stopped, Assert.Single(rig.Records).End);
        Assert.Equal((1, 0), (rig.Server.GetCounters().Stopped, rig.Server.GetCounters().Active));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(1)]
    [InlineData(4)]
    [Cases("S-17")]
    public async Task Stopping_while_connections_pour_in_leaves_none(int loops)
    {
        for (int round = 0; round < 10; round++)
        {
            await using ServerRig rig = await ServerRig.Start(loops: loops);
            using CancellationTokenSource over = new();
            Task<int> pouring = Deadline.OnThread(() => Pour(rig, over.Token));
            await Task.Delay(round * 3);
            await rig.Server.DisposeAsync();
            await over.CancelAsync();
            _ = await pouring.Within("the clients");
            RelayServerCounters counters = rig.Server.GetCounters();
            Assert.Equal(0, counters.Active);
            Assert.Equal(counters.Accepted, rig.Records.Length);
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-16")]
    public async Task One_that_has_never_started_stops_at_once()
    {
        await using RelayServer server = new(
            new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0), new System.Net.DnsEndPoint("localhost", 1));
        await server.StopAsync().Within("the stop");
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync());
        Assert.Equal(0, server.GetCounters().Accepted);
    }

    private static int Pour(ServerRig rig, CancellationToken over)
    {
        List<Socket> clients = [];
        try
        {
            while (!over.IsCancellationRequested && clients.Count < 500)
            {
                clients.Add(rig.Connect());
            }
        }
        catch (SocketException)
        {
            // Nobody listens any more.
        }

        clients.ForEach(client => client.Dispose());
        return clients.Count;
    }
}
