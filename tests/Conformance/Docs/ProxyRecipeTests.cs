// docs/recipes/proxy.md: the proxy relays, outlives what goes wrong, and stops when it is told to.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Docs;

public sealed class ProxyRecipeTests : IDisposable
{
    private const int Bytes = 3_000_017;

    private readonly CancellationTokenSource _stop = new();

    [Fact(Timeout = Deadline.Ms)]
    public async Task It_relays_both_ways_and_passes_on_each_end()
    {
        using Socket front = SocketPair.Listen(Family.Tcp, out EndPoint address);
        using Socket back = SocketPair.Listen(Family.Unix, out EndPoint target);
        Task proxy = Run(front, target);
        using (Socket client = Connect(address))
        using (Socket upstream = await Deadline.OnThread(back.Accept).Within("the proxy's dial"))
        {
            Task<Received> up = Peer.Read(upstream);
            await Peer.AssertAll(Bytes, Peer.Write(client, Bytes), up);
            Task<Received> down = Peer.Read(client, pattern: Pattern.Other);
            await Peer.AssertAll(Bytes, Peer.Write(upstream, Bytes, pattern: Pattern.Other), down);
        }

        await _stop.CancelAsync();
        await proxy.Within("the end of the proxy");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_client_without_upstream_is_closed_and_the_next_one_is_served()
    {
        using Socket front = SocketPair.Listen(Family.Tcp, out EndPoint address);
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        UnixDomainSocketEndPoint target = new(path);
        Task proxy = Run(front, target);
        using (Socket client = Connect(address))
        {
            Assert.Empty(await Peer.ReadAll(client).Within("the close"));
        }

        using Socket back = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        back.Bind(target);
        back.Listen();
        using (Socket client = Connect(address))
        using (Socket upstream = await Deadline.OnThread(back.Accept).Within("the proxy's dial"))
        {
            client.Send("hello"u8);
            Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(upstream, 5).Within("the bytes"));
        }

        await _stop.CancelAsync();
        await proxy.Within("the end of the proxy");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_stop_ends_the_listener_and_resets_what_is_cut_off()
    {
        using Socket front = SocketPair.Listen(Family.Tcp, out EndPoint address);
        using Socket back = SocketPair.Listen(Family.Tcp, out EndPoint target);
        Task proxy = Run(front, target);
        using Socket client = Connect(address);
        using Socket upstream = await Deadline.OnThread(back.Accept).Within("the proxy's dial");
        client.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(upstream, 5).Within("the bytes"));

        await _stop.CancelAsync();

        await proxy.Within("the end of the proxy");
        Received cut = new(0, SocketError.ConnectionReset);
        Assert.Equal(cut, await Peer.Read(client).Within("the client's end"));
        Assert.Equal(cut, await Peer.Read(upstream).Within("the upstream's end"));
        Assert.Throws<SocketException>(() => Connect(address).Dispose());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task The_header_is_the_first_that_the_upstream_gets()
    {
        using SocketPair client = SocketPair.Tcp();
        using SocketPair upstream = SocketPair.Unix();
        RelayOptions options = new() { CloseEndpoints = true };
        Task<RelayResult> relay =
            ProxyHeaderCode.WithHeader(client.Near, upstream.Near, options, _stop.Token).AsTask();
        IPEndPoint from = (IPEndPoint)client.Far.LocalEndPoint!;
        IPEndPoint to = (IPEndPoint)client.Far.RemoteEndPoint!;
        byte[] header = Encoding.ASCII.GetBytes($"PROXY TCP4 127.0.0.1 127.0.0.1 {from.Port} {to.Port}\r\n");
        Assert.Equal(header, await Peer.ReadExactly(upstream.Far, header.Length).Within("the header"));
        Task<Received> up = Peer.Read(upstream.Far);
        await Peer.AssertAll(Bytes, Peer.Write(client.Far, Bytes), up);
        upstream.Far.Shutdown(SocketShutdown.Send);

        RelayResult result = await relay.Within("the relay");

        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        ResultAssert.Moved(result.LeftToRight, Bytes, TransferMode.Auto, prefix: header.Length);
    }

    public void Dispose() => _stop.Dispose();

    private Task Run(Socket listener, EndPoint target)
        => Deadline.OnThread(new TcpProxy(listener, target, _stop.Token).Run);

    private static Socket Connect(EndPoint address)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
