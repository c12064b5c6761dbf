// Servers whose process has no descriptor left, at whatever moment of a connection.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Servers;

[KernelOnly(Why.Mechanism)]
public sealed class ServerShortageTests
{
    [Theory]
    [InlineData("accept")]
    [InlineData("upstream")]
    [InlineData("pipes")]
    [Cases("S-13")]
    public void Without_descriptors_it_goes_on_and_nothing_is_lost(string where)
        => Assert.Contains("done", ChildProcess.Run<ServerShortageChild>([where]), StringComparison.Ordinal);

    [Theory]
    [InlineData("client")]
    [InlineData("upstream")]
    [InlineData("upstream that is connected at once")]
    [Cases("S-13")]
    public void What_cannot_be_watched_ends_that_connection_alone(string what)
        => Assert.Contains(
            "done", ChildProcess.Run<ServerShortageChild>([$"watch {what}"]), StringComparison.Ordinal);

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-13", "S-19")]
    public async Task Who_is_handed_over_to_a_loop_without_descriptors_is_reset_and_the_next_one_is_served()
    {
        const int Clients = 60;
        const int Unlucky = 5;
        using Lopsided kernel = new(Unlucky);
        await using ServerRig rig = await ServerRig.Start(kernel: kernel, loops: 2);
        List<Socket> clients = [];
        for (int i = 0; i < Clients; i++)
        {
            clients.Add(rig.Connect());
            clients[i].Send([(byte)i]);
        }

        HashSet<int> served = [];
        List<Socket> peers = [];
        while (peers.Count < Clients - Unlucky)
        {
            Socket peer = await rig.Accept();
            peers.Add(peer);
            int number = (await Peer.ReadExactly(peer, 1).Within("who it is"))[0];
            Assert.True(served.Add(number));
            peer.Send([(byte)number]);
            Assert.Equal((byte)number, (await Peer.ReadExactly(clients[number], 1).Within("the answer"))[0]);
        }

        RelayConnection[] records = await rig.Ended(Unlucky);
        Assert.All(records, record => Assert.Equal(RelayConnectionEnd.NoDescriptors, record.End));
        foreach (int number in Enumerable.Range(0, Clients).Except(served))
        {
            Assert.Equal(
                new Received(0, SocketError.ConnectionReset), await Peer.Read(clients[number]).Within("the reset"));
        }

        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((Clients, Unlucky), (counters.Accepted, counters.NoDescriptors));
        Assert.Equal(Clients - Unlucky, counters.Active);
        int[] counts = rig.Server.GetCounts();
        Assert.True(counts.Min() > 0, "the other loop has served nobody");
        Assert.Equal(counts.Min() + Unlucky, counters.HandedOver);
        clients.ForEach(client => client.Dispose());
        peers.ForEach(peer => peer.Dispose());
        _ = await rig.Ended(Clients);
        Assert.Equal([0, 0], rig.Server.GetCounts());
    }

    /// <summary>All are accepted by the loop that is the first to, and the other one has no descriptors for the first
    /// it is handed.</summary>
    private sealed class Lopsided(int failures) : KernelOverride
    {
        private int _failures = failures;
        private Thread? _accepting;

        public override Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
        {
            addressLength = 0;
            Thread here = Thread.CurrentThread;
            Thread accepting = Interlocked.CompareExchange(ref _accepting, here, null) ?? here;
            return here == accepting
                ? base.Accept(listener, address, out addressLength) : Moved.Failed((int)Errno.EAGAIN);
        }

        public override Moved OpenSocket(SocketDomain domain)
            => Thread.CurrentThread != _accepting && _failures-- > 0
                ? Moved.Failed((int)Errno.EMFILE) : base.OpenSocket(domain);
    }
}
