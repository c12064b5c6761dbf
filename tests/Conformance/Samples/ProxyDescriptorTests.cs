// samples/Proxy with few descriptors: it neither dies nor spins, and goes on.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class ProxyDescriptorTests : IDisposable
{
    private const int WatchMs = 1500;
    private const double CpuShareMax = 0.1;

    private readonly List<Socket> _sockets = [];

    [Fact]
    public async Task Under_a_low_limit_connections_wait_their_turn_and_all_are_served()
    {
        const int OpenFilesMax = 150;
        const int Connections = 60; // Twice as many as it has room for.
        using Socket upstream = Listen(out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Start(
            OpenFilesMax, "--listen", "127.0.0.1:0", "--connect", endPoint.ToString()!);
        for (int i = 0; i < Connections; i++)
        {
            Socket client = Keep(proxy.Connect());
            client.Send([(byte)i]);
        }

        await AssertRests(proxy);
        Assert.True(proxy.DescriptorCount < OpenFilesMax);
        HashSet<byte> served = [];
        for (int i = 0; i < Connections; i++)
        {
            // Each one that ends makes room for the next.
            using Socket server = await Deadline.OnThread(upstream.Accept).Within($"connection {i}");
            byte[] number = await Peer.ReadExactly(server, 1).Within($"the byte of connection {i}");
            Assert.True(served.Add(number[0]));
            _sockets[number[0]].Dispose();
        }

        Ended ended = await proxy.Stop();
        Assert.Equal(0, ended.ExitCode);
        string totals = $"relays: {Connections}, bytes: 0 spliced, {Connections} copied";
        Assert.StartsWith(totals, ended.Output, StringComparison.Ordinal);
        Assert.Contains("are all that the limit of open files allows", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_accept_finds_no_descriptor_it_backs_off_and_goes_on_when_there_are_some()
    {
        using Socket upstream = Listen(out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint);
        int idle = proxy.SocketCount;
        for (int i = 0; i < 3; i++)
        {
            await Greet(proxy, upstream); // Warm: threads and assemblies need descriptors of their own.
        }

        await Deadline.Until("the warm-up is over", () => proxy.SocketCount == idle);
        proxy.LimitDescriptors(proxy.NextDescriptor);
        using Socket client = proxy.Connect();
        client.Send("patience"u8);
        await AssertRests(proxy);
        proxy.LimitDescriptors(1000);
        using (Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            Assert.Equal("patience"u8.ToArray(), await Peer.ReadExactly(server, 8).Within("what waited"));
        }

        client.Dispose();
        await Greet(proxy, upstream);
        Ended ended = await proxy.Stop();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("EMFILE", ended.Error, StringComparison.Ordinal);
        Assert.Contains("cannot accept: ", ended.Error, StringComparison.Ordinal);
        Assert.InRange(ended.Error.Count(c => c == '\n'), 1, 5); // One line a second at most.
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private static Socket Listen(out EndPoint endPoint)
    {
        Socket upstream = SocketPair.Listen(Family.Tcp, out endPoint);
        upstream.Listen(256);
        return upstream;
    }

    private static async Task Greet(ProxyProcess proxy, Socket upstream)
    {
        using Socket client = proxy.Connect();
        client.Send("hello"u8);
        using Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(server, 5).Within("the greeting"));
    }

    /// <summary>Alive, and all but asleep.</summary>
    private static async Task AssertRests(ProxyProcess proxy)
    {
        await Task.Delay(WatchMs / 3); // What it can do at once is done by then.
        TimeSpan before = proxy.CpuTime;
        await Task.Delay(WatchMs);
        Assert.False(proxy.HasExited);
        double share = (proxy.CpuTime - before).TotalMilliseconds / WatchMs;
        Assert.True(share < CpuShareMax, $"used {share:P0} of a CPU while it had nothing to do");
    }

    private Socket Keep(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }
}
