// Servers that have not enough of something.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerLimitTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(1)]
    [InlineData(2)]
    [Cases("S-12")]
    public async Task Who_comes_when_it_is_full_waits_and_is_served(int loops)
    {
        const int Max = 3;
        const int Clients = 12;
        await using ServerRig rig = await ServerRig.Start(
            set: options => options.MaxConnections = Max, loops: loops);
        List<Socket> clients = [];
        for (int i = 0; i < Clients; i++)
        {
            clients.Add(rig.Connect());
            clients[i].Send([(byte)i]);
        }

        HashSet<byte> served = [];
        for (int i = 0; i < Clients; i++)
        {
            using Socket peer = await rig.Accept();
            Assert.InRange(rig.Server.GetCounters().Active, 1, Max);
            byte number = (await Peer.ReadExactly(peer, 1).Within("who it is"))[0];
            Assert.True(served.Add(number));
            clients[number].Dispose();
        }

        _ = await rig.Ended(Clients);
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal(Clients, counters.Accepted);
        Assert.True(counters.FullPauses > 0);
        await Deadline.Until("it is told", () => rig.Warnings.Length > 0);
        Assert.Equal(RelayServerWarningKind.MaxConnectionsReached, rig.Warnings[0].Kind);
        Assert.Contains("3 connections at once", rig.Warnings[0].Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Errno.EMFILE)]
    [InlineData(Errno.ENFILE)]
    [InlineData(Errno.ENOMEM)]
    [InlineData(Errno.ENOBUFS)]
    [Cases("S-13")]
    [KernelOnly(Why.Mechanism)]
    public async Task No_descriptor_at_accept_is_a_pause_and_nobody_is_lost(Errno error)
    {
        using Scarce kernel = new() { AcceptError = error, AcceptFailures = 3 };
        await using ServerRig rig = await ServerRig.Start(kernel: kernel);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        client.Dispose();
        peer.Dispose();
        Assert.Equal(RelayConnectionEnd.Relayed, Assert.Single(await rig.Ended(1)).End);
        Assert.Equal(3, rig.Server.GetCounters().AcceptPauses);
        RelayServerWarning warning = Assert.Single(rig.Warnings);
        Assert.Equal((RelayServerWarningKind.AcceptFailed, (int)error), (warning.Kind, warning.Error));
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-13")]
    [KernelOnly(Why.Mechanism)]
    public async Task A_connection_that_ends_ends_the_pause()
    {
        using Scarce kernel = new() { AcceptError = Errno.EMFILE };
        await using ServerRig rig = await ServerRig.Start(kernel: kernel);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        kernel.AcceptFailures = int.MaxValue;
        using Socket second = rig.Connect();
        await Deadline.Until("it pauses", () => rig.Server.GetCounters().AcceptPauses > 0);
        kernel.AcceptFailures = 0;
        client.Dispose();
        peer.Dispose();
        using Socket secondPeer = await rig.Accept();
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-13")]
    [KernelOnly(Why.Mechanism)]
    public async Task No_descriptor_for_the_upstream_resets_that_client_alone()
    {
        using Scarce kernel = new() { SocketFailures = 1 };
        await using ServerRig rig = await ServerRig.Start(kernel: kernel);
        await rig.ConnectAndBeReset();
        (Socket client, Socket peer) = await rig.ConnectBoth();
        client.Dispose();
        peer.Dispose();
        RelayConnection[] records = await rig.Ended(2);
        Assert.Equal((RelayConnectionEnd.NoDescriptors, (int)Errno.EMFILE), (records[0].End, records[0].Error));
        Assert.Equal(RelayConnectionEnd.Relayed, records[1].End);
        Assert.Equal(1, rig.Server.GetCounters().NoDescriptors);
    }

    /// <summary>What is wrong with a connection that waits to be accepted is not wrong with the listener.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-13")]
    [KernelOnly(Why.Mechanism)]
    public async Task An_aborted_connection_in_the_queue_is_passed_over()
    {
        using Scarce kernel = new() { AcceptError = Errno.ECONNABORTED, AcceptFailures = 5 };
        await using ServerRig rig = await ServerRig.Start(kernel: kernel);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        client.Dispose();
        peer.Dispose();
        _ = await rig.Ended(1);
        Assert.Equal(0, rig.Server.GetCounters().AcceptPauses);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(1)]
    [InlineData(2)]
    [Cases("S-14", "S-19")]
    public async Task A_flood_that_says_nothing_is_shared_among_loops_and_goes_as_it_came(int loops)
    {
        const int FloodMax = 2000; // Four descriptors each.
        int flood = (int)Math.Min(FloodMax, (Libc.OpenFilesLimit() - 500) / 4);
        await using ServerRig rig = await ServerRig.Start(loops: loops);
        List<Socket> sockets = [];
        Task<List<Socket>> accepting = Deadline.OnThread(
            () => Enumerable.Range(0, flood).Select(_ => rig.Upstream.Accept()).ToList());
        await Deadline.OnThread(() => sockets.AddRange(Enumerable.Range(0, flood).Select(_ => rig.Connect())))
            .Within("the flood");
        sockets.AddRange(await accepting.Within("the flood at the upstream"));
        Assert.Equal(flood, rig.Server.GetCounters().Active);
        int[] counts = rig.Server.GetCounts();
        Assert.Equal(flood, counts.Sum());
        Assert.InRange(counts.Max(), flood / loops, Math.Max(flood / loops * 1.25, flood / loops + 9));

        // Who has something to say is heard among them.
        (Socket client, Socket peer) = await rig.ConnectBoth();
        client.Send("word"u8);
        Assert.Equal("word"u8.ToArray(), await Peer.ReadExactly(peer, 4).Within("the word"));
        sockets.AddRange([client, peer]);
        for (int i = 0; i < sockets.Count; i++)
        {
            if (i % 4 == 0)
            {
                SocketPair.Reset(sockets[i]);
            }

            sockets[i].Dispose();
        }

        RelayConnection[] records = await rig.Ended(flood + 1);
        Assert.Equal(4, records.Sum(record => record.Relay.LeftToRight.BytesWritten));
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((flood + 1, 0, 0), (counters.Relayed, counters.Active, counters.AcceptPauses));
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-18")]
    public async Task A_delegate_that_throws_is_counted_and_hurts_nobody()
    {
        int calls = 0;
        await using ServerRig rig = await ServerRig.Start(set: options => options.ConnectionsEnded = ended =>
        {
            calls += ended.Count;
            throw new InvalidOperationException("no");
        });
        for (int i = 0; i < 3; i++)
        {
            (Socket client, Socket peer) = await rig.ConnectBoth();
            client.Dispose();
            peer.Dispose();
        }

        await Deadline.Until("all were told", () => Volatile.Read(ref calls) == 3);
        await Deadline.Until("it is counted", () => rig.Server.GetCounters().CallbackFailures > 0);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-18")]
    public async Task A_delegate_that_does_not_come_back_holds_up_nobody()
    {
        using ManualResetEventSlim gate = new();
        ServerRig rig = await ServerRig.Start(set: options => options.ConnectionsEnded = _ => gate.Wait());
        for (int i = 0; i < 5; i++)
        {
            (Socket client, Socket peer) = await rig.ConnectBoth();
            client.Send("x"u8);
            _ = await Peer.ReadExactly(peer, 1).Within("the byte");
            client.Dispose();
            peer.Dispose();
        }

        await rig.DisposeAsync();
        Assert.Equal(5, rig.Server.GetCounters().Relayed);
        gate.Set();
        await rig.Server.Told.Within("the delegate");
    }

    /// <summary>A kernel that has nothing left, so often.</summary>
    private sealed class Scarce : KernelOverride
    {
        private int _acceptFailures;
        private int _socketFailures;

        internal Errno AcceptError { get; init; }

        internal int AcceptFailures
        {
            set => Volatile.Write(ref _acceptFailures, value);
        }

        internal int SocketFailures
        {
            set => Volatile.Write(ref _socketFailures, value);
        }

        public override Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
        {
            addressLength = 0;
            return TakeOne(ref _acceptFailures)
                ? Moved.Failed((int)AcceptError) : base.Accept(listener, address, out addressLength);
        }

        public override Moved OpenSocket(SocketDomain domain)
            => TakeOne(ref _socketFailures) ? Moved.Failed((int)Errno.EMFILE) : base.OpenSocket(domain);

        private static bool TakeOne(ref int failures)
            => Volatile.Read(ref failures) > 0 && Interlocked.Decrement(ref failures) >= 0;
    }
}
