// A server, its clients and its upstream in one process, whose descriptors run out at one moment or another.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Faults;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Server;
using Zerocopy.Sys;
using SocketFlags = System.Net.Sockets.SocketFlags;

namespace Zerocopy.Conformance.Servers;

/// <summary>Argument: where. While descriptors are scarce no thread can be started, so this one does what blocks; and
/// no assembly can be loaded, so what was seen is compared afterwards.</summary>
internal sealed class ServerShortageChild : IChild
{
    private const int Bytes = 3_000_017;
    private const int PatienceMs = 10_000;

    private readonly byte[] _word = new byte[100];

    public int Run(string[] args)
    {
        ReadyThreads.Start();
        (args[0] switch
        {
            "accept" => Accept(),
            "upstream" => Upstream(),
            "pipes" => Pipes(),
            "watch client" => Watch(Family.Tcp, RelayConnectionEnd.NoDescriptors),
            "watch upstream" => Watch(Family.Tcp, RelayConnectionEnd.ConnectFailed),
            _ => Watch(Family.Unix, RelayConnectionEnd.Relayed),
        }).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    /// <summary>Who comes then waits in the queue, and gets the descriptors of one that ends.</summary>
    private async Task Accept()
    {
        await using ServerRig rig = await ServerRig.Start();
        (Socket client, Socket peer) = await rig.ConnectBoth();
        using Socket waiting = NewClient();
        Talk(client, peer);
        long accepted;
        using (ScarceDescriptors scarce = new())
        {
            waiting.Connect(rig.Server.EndPoints[0]);
            await Deadline.Until("it pauses twice", () => rig.Server.GetCounters().AcceptPauses > 1, PatienceMs);
            Talk(client, peer);
            accepted = rig.Server.GetCounters().Accepted;
            client.Dispose();
            peer.Dispose();
            using Socket waitingPeer = AcceptNow(rig);
            Talk(waiting, waitingPeer);
        }

        Assert.Equal(1, accepted);
        waiting.Dispose();
        _ = await rig.Ended(2);
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((2, 2, 0), (counters.Accepted, counters.Relayed, counters.NoDescriptors));
        await Deadline.Until("it is told", () => rig.Warnings.Length > 0);
        Assert.Equal(
            (RelayServerWarningKind.AcceptFailed, (int)Errno.EMFILE), (rig.Warnings[0].Kind, rig.Warnings[0].Error));
    }

    /// <summary>One for the client and none for the upstream: that client is reset, and the next one is as well, with
    /// the same descriptor.</summary>
    private async Task Upstream()
    {
        await using ServerRig rig = await ServerRig.Start();
        (Socket client, Socket peer) = await rig.ConnectBoth();
        Socket[] unlucky = [NewClient(), NewClient(), NewClient()];
        List<SocketError> errors = [];
        Talk(client, peer);
        using (ScarceDescriptors scarce = new())
        {
            _ = scarce.Free(1);
            foreach (Socket socket in unlucky)
            {
                errors.Add(Connect(socket, rig.Server.EndPoints[0]));
                Talk(client, peer);
            }
        }

        Assert.All(errors, error => Assert.Equal(SocketError.ConnectionReset, error));
        Array.ForEach(unlucky, socket => socket.Dispose());
        RelayConnection[] records = await rig.Ended(3);
        Assert.All(records, record => Assert.Equal(
            (RelayConnectionEnd.NoDescriptors, (int)Errno.EMFILE), (record.End, record.Error)));
        await End(rig, client, peer);
        (client, peer) = await rig.ConnectBoth();
        Talk(client, peer);
        await End(rig, client, peer);
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((5, 2, 3), (counters.Accepted, counters.Relayed, counters.NoDescriptors));
    }

    /// <summary>With one pipe it splices what that takes, without any it copies and says why, and soon after there are
    /// descriptors again it splices all.</summary>
    private async Task Pipes()
    {
        await using ServerRig rig = await ServerRig.Start();
        RelayConnection one = await Exchange(rig, pipes: 1);
        Assert.True(BytesSpliced(one) > 0, "one pipe was not used");
        RelayConnection none = await Exchange(rig, pipes: 0);
        Assert.Equal(0, BytesSpliced(none));
        Assert.Equal((int)Errno.EMFILE, none.Relay.LeftToRight.FallbackError);
        Assert.Equal((int)Errno.EMFILE, none.Relay.RightToLeft.FallbackError);
        Assert.Equal(2, rig.Server.GetCounters().Refused);
        int tries = 0;
        RelayConnection again;
        do
        {
            again = await Exchange(rig, pipes: null);
            await Task.Delay(50);
        }
        while (BytesSpliced(again) == 0 && ++tries < 100); // A pool that found none pauses before it asks again.
        Assert.True(BytesSpliced(again) > 0, "it copies for good");
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((counters.Accepted, 0), (counters.Relayed, counters.NoDescriptors));
    }

    /// <summary>All of two long streams through one connection, with so few pipes for the server, or with
    /// plenty.</summary>
    private static async Task<RelayConnection> Exchange(ServerRig rig, int? pipes)
    {
        (Socket client, Socket peer) = await rig.ConnectBoth();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Received> atPeer = Peer.Read(peer);
        Task<Received> atClient = Peer.Read(client, pattern: Pattern.Other);
        Task<long> up = await ReadyThreads.Writer(client, Bytes, gate.Task);
        Task<long> down = await ReadyThreads.Writer(peer, Bytes, gate.Task, pattern: Pattern.Other);
        using (ScarceDescriptors? scarce = pipes is null ? null : new())
        {
            _ = scarce?.Free(2 * pipes!.Value);
            gate.SetResult();
            await Task.WhenAll(up, down, atPeer, atClient).Within("all bytes", PatienceMs);
        }

        await Peer.AssertAll(Bytes, up, atPeer);
        await Peer.AssertAll(Bytes, down, atClient);
        RelayConnection ended = await End(rig, client, peer);
        Assert.Equal(RelayEnd.EndOfStream, ended.Relay.EndedBy);
        Assert.Equal(
            (Bytes, Bytes), (ended.Relay.LeftToRight.BytesWritten, ended.Relay.RightToLeft.BytesWritten));
        return ended;
    }

    private static long BytesSpliced(RelayConnection ended)
        => ended.Relay.LeftToRight.BytesSpliced + ended.Relay.RightToLeft.BytesSpliced;

    /// <summary>The kernel has no room to watch one of the two sockets.</summary>
    private async Task Watch(Family back, RelayConnectionEnd end)
    {
        if (!File.Exists("/proc/sys/kernel/seccomp/actions_avail"))
        {
            _ = ChildProcess.Skip("this kernel has no seccomp filters");
            return;
        }

        await using ServerRig rig = await ServerRig.Start(back: back);
        (Socket client, Socket peer) = await rig.ConnectBoth();
        Socket unlucky = NewClient();
        Talk(client, peer);
        SocketError error;
        using (ScarceDescriptors scarce = new())
        {
            int[] numbers = scarce.Free(2);
            Libc.RefuseWatch((int)Errno.ENOSPC, numbers[end == RelayConnectionEnd.NoDescriptors ? 0 : 1]);
            error = Connect(unlucky, rig.Server.EndPoints[0]);
            Talk(client, peer);
        }

        Assert.Equal(SocketError.ConnectionReset, error);
        unlucky.Dispose();
        RelayConnection record = Assert.Single(await rig.Ended(1));
        Assert.Equal((end, (int)Errno.ENOSPC), (record.End, record.Error));
        await End(rig, client, peer);
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((2, 0), (counters.Accepted, counters.Active));
        Assert.Equal(1, end switch
        {
            RelayConnectionEnd.NoDescriptors => counters.NoDescriptors,
            RelayConnectionEnd.ConnectFailed => counters.ConnectFailures,
            _ => counters.EndedBy(RelayEnd.Failed),
        });
    }

    /// <summary>There is its descriptor already; connecting takes none.</summary>
    private static Socket NewClient() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        ReceiveTimeout = PatienceMs,
    };

    private static Socket AcceptNow(ServerRig rig)
    {
        Assert.True(rig.Upstream.Poll(TimeSpan.FromMilliseconds(PatienceMs), SelectMode.SelectRead), "nobody came");
        return rig.Upstream.Accept();
    }

    /// <returns>How the connection ends; on a slow machine before the connect returns.</returns>
    private static SocketError Connect(Socket socket, EndPoint endPoint)
    {
        try
        {
            socket.Connect(endPoint);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }

        _ = socket.Receive(new byte[1], SocketFlags.None, out SocketError error);
        return error;
    }

    /// <summary>Ends the last connection that lives.</summary>
    private static async Task<RelayConnection> End(ServerRig rig, Socket client, Socket peer)
    {
        client.Dispose();
        peer.Dispose();
        return (await rig.Ended((int)rig.Server.GetCounters().Accepted))[^1];
    }

    /// <summary>A word and its answer.</summary>
    private void Talk(Socket client, Socket peer)
    {
        Say(client, peer, 1);
        Say(peer, client, 2);
    }

    private void Say(Socket from, Socket to, int start)
    {
        to.ReceiveTimeout = PatienceMs;
        from.Send(Pattern.Default.Slice(start, _word.Length).Span);
        for (int done = 0; done < _word.Length;)
        {
            int count = to.Receive(_word, done, _word.Length - done, SocketFlags.None);
            Assert.True(count > 0, "the stream ended");
            done += count;
        }

        Pattern.Default.AssertEqual(_word, start);
    }
}
