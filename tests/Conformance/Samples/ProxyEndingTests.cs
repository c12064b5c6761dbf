// samples/Proxy ends: by signals, with relays alive; and one connection ends alone.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class ProxyEndingTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_stops_accepting_and_lets_live_relays_finish(string signal)
    {
        const long Rest = 1024 * 1024;
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint);
        using Socket client = proxy.Connect();
        using Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection");
        client.Send("before"u8);
        Assert.Equal("before"u8.ToArray(), await Peer.ReadExactly(server, 6).Within("what came before the signal"));

        proxy.Signal(signal);
        await Deadline.Until("no new connection is taken", () => !proxy.IsListening);
        Task<long> writer = Peer.Write(server, Rest);
        await Peer.AssertAll(Rest, writer, Peer.Read(client));
        client.Send("after"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("after", await Peer.ReadText(server).Within("what came after the signal"));

        Ended ended = await proxy.End();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Trouble));
        Assert.StartsWith("relays: 1, bytes: ", ended.Output, StringComparison.Ordinal);
        Assert.Contains("ended by: EndOfStream 1", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relays_that_do_not_finish_are_cut_off_after_five_seconds()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint);
        using Socket client = proxy.Connect();
        using Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection");
        client.Send("x"u8);
        Assert.Equal("x"u8.ToArray(), await Peer.ReadExactly(server, 1).Within("the byte"));
        proxy.Signal("TERM");
        long start = Stopwatch.GetTimestamp();
        Received received = await Peer.Read(client).Within("the end of the relay");
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 4, 8);
        Assert.Equal(new Received(0, SocketError.ConnectionReset), received);
        Ended ended = await proxy.End();
        Ended expected = new(
            0,
            "relays: 1, bytes: 0 spliced, 1 copied; ended by: Aborted 1\n",
            "stopping: 1 connection has 5 s to end; Ctrl-C again ends it now\n");
        Assert.Equal(expected, ended);
    }

    [Fact]
    public async Task An_unreachable_target_ends_that_connection_alone()
    {
        EndPoint endPoint;
        using (SocketPair.Listen(Family.Tcp, out endPoint))
        {
            // Its port was free a moment ago, and nobody listens there now.
        }

        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint);
        for (int i = 0; i < 3; i++)
        {
            using Socket dropped = proxy.Connect();
            Assert.Equal(0, (await Peer.Read(dropped).Within("the end of the connection")).Count);
        }

        using Socket upstream = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        upstream.Bind(endPoint);
        upstream.Listen();
        using (Socket client = proxy.Connect())
        using (Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            client.Send("there"u8);
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal("there", await Peer.ReadText(server).Within("the word"));
        }

        Ended ended = await proxy.Stop();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("ended by: EndOfStream 1, NotConnected 3", ended.Output, StringComparison.Ordinal);
        Assert.StartsWith("cannot connect to ", ended.Error, StringComparison.Ordinal);
        Assert.Contains("ECONNREFUSED", ended.Error, StringComparison.Ordinal);
        Assert.Equal(1, ended.Error.Count(c => c == '\n')); // One line a second at most.
    }
}
