// samples/Proxy relays: every kind of address, both mechanisms, and its options.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed partial class ProxyRelayTests
{
    private const long StreamBytes = 8 * 1024 * 1024;

    [Theory]
    [InlineData(Family.Tcp, Family.Tcp)]
    [InlineData(Family.Tcp, Family.Unix)]
    [InlineData(Family.Unix, Family.Tcp)]
    [InlineData(Family.Unix, Family.Unix)]
    public async Task Relays_both_ways_between_sockets_of_every_family(Family listening, Family target)
    {
        using Socket upstream = SocketPair.Listen(target, out EndPoint endPoint);
        string address = listening == Family.Tcp ? "127.0.0.1:0" : $"unix:{ProxyProcess.NewUnixPath()}";
        string[] arguments = ["--listen", address, "--connect", ProxyProcess.Text(endPoint)];
        using ProxyProcess proxy = await ProxyProcess.Start(null, arguments);
        await RelayBothWays(proxy, upstream);
        await RelayBothWays(proxy, upstream); // The end of the first has taken nothing with it.

        Ended ended = await proxy.Stop();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        (long spliced, long copied) = Bytes(ended);
        Assert.Equal(4 * StreamBytes, spliced + copied);
        Assert.True(spliced > copied, ended.Output);
        Assert.Contains("relays: 2", ended.Output, StringComparison.Ordinal);
        Assert.Contains("ended by: EndOfStream 2", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prints_one_line_when_it_listens_and_one_at_its_end()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint);
        Assert.Equal($"listening on {proxy.EndPoint}, relaying to {endPoint}", proxy.FirstLine);
        Ended ended = await proxy.Stop();
        Assert.Equal(new Ended(0, "relays: 0, bytes: 0 spliced, 0 copied; ended by: none\n", ""), ended);
    }

    [Fact]
    public async Task Relays_to_a_host_name_and_listens_on_one()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        string target = $"localhost:{((IPEndPoint)endPoint).Port}";
        using ProxyProcess proxy = await ProxyProcess.Start(null, "--listen", "localhost:0", "--connect", target);
        await RelayBothWays(proxy, upstream);
        Assert.Equal(0, (await proxy.Stop()).ExitCode);
    }

    [Fact]
    public async Task Listens_on_an_IPv6_address_where_there_is_one_and_says_so_where_there_is_not()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        string[] arguments = ["--listen", "[::1]:0", "--connect", endPoint.ToString()!];
        if (NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(link => link.GetIPProperties().UnicastAddresses)
            .Any(link => link.Address.Equals(IPAddress.IPv6Loopback)))
        {
            using ProxyProcess proxy = await ProxyProcess.Start(null, arguments);
            Assert.Equal(IPAddress.IPv6Loopback, ((IPEndPoint)proxy.EndPoint).Address);
            await RelayBothWays(proxy, upstream);
            Assert.Equal(0, (await proxy.Stop()).ExitCode);
        }
        else
        {
            Ended ended = await ProxyProcess.Run(arguments);
            Assert.Equal(1, ended.ExitCode);
            Assert.StartsWith("Proxy: cannot listen on [::1]:0: ", ended.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Copy_only_copies_every_byte()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint, "--copy-only");
        await RelayBothWays(proxy, upstream);
        Assert.Equal((0, 2 * StreamBytes), Bytes(await proxy.Stop()));
    }

    [Fact]
    public async Task A_question_is_passed_on_at_once_and_so_is_its_answer()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint);
        using Socket client = proxy.Connect();
        client.NoDelay = true;
        using Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection");
        server.NoDelay = true;
        for (int round = 0; round < 200; round++)
        {
            byte[] question = Pattern.Default.Bytes(round, 100);
            client.Send(question);
            Assert.Equal(question, await Peer.ReadExactly(server, question.Length).Within("the question"));
            byte[] answer = Pattern.Other.Bytes(round, 1000);
            server.Send(answer);
            Assert.Equal(answer, await Peer.ReadExactly(client, answer.Length).Within("the answer"));
        }

        client.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Peer.ReadAll(server).Within("the end of the questions"));
        server.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Peer.ReadAll(client).Within("the end of the answers"));
        Ended ended = await proxy.Stop();
        Assert.Contains("EndOfStream 1", ended.Output, StringComparison.Ordinal);
        Assert.Equal((0L, 200 * 1100L), Bytes(ended));
    }

    [Fact]
    public async Task An_idle_relay_is_ended_after_the_idle_timeout()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint, "--idle-timeout", "0.5");
        using Socket client = proxy.Connect();
        long start = Stopwatch.GetTimestamp();
        Received received = await Peer.Read(client).Within("the end of the idle relay");
        Assert.Equal(new Received(0, SocketError.ConnectionReset), received);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.4, 5);
        Assert.Contains("ended by: IdleTimeout 1", (await proxy.Stop()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_closed_relay_is_ended_after_the_linger_time()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint, "--linger", "0.5");
        using Socket client = proxy.Connect();
        using Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection");
        client.Send("bye"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("bye", await Peer.ReadText(server).Within("the last words"));
        Received received = await Peer.Read(client).Within("the end of the lingering relay");
        Assert.Equal(0, received.Count);
        Assert.Contains("ended by: LingerTimeout 1", (await proxy.Stop()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relays_leave_no_socket_behind_however_they_end()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint);
        int before = proxy.SocketCount;
        for (int i = 0; i < 4; i++)
        {
            await RelayBothWays(proxy, upstream);
        }

        for (int i = 0; i < 10; i++)
        {
            using Socket client = proxy.Connect();
            using Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection");
            if (i % 2 == 0)
            {
                SocketPair.Reset(client);
            }
        }

        await Deadline.Until($"as many sockets as before ({before})", () => proxy.SocketCount == before);
        Assert.Equal(0, (await proxy.Stop()).ExitCode);
    }

    private static async Task RelayBothWays(ProxyProcess proxy, Socket upstream)
    {
        using Socket client = proxy.Connect();
        using Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection");
        Task<long> up = Peer.Write(client, StreamBytes, chunk: 512 * 1024);
        Task<long> down = Peer.Write(server, StreamBytes, chunk: 512 * 1024, pattern: Pattern.Other);
        Task<Received> upper = Peer.Read(server);
        Task<Received> lower = Peer.Read(client, pattern: Pattern.Other);
        await Peer.AssertAll(StreamBytes, up, upper);
        await Peer.AssertAll(StreamBytes, down, lower);
    }

    private static (long Spliced, long Copied) Bytes(Ended ended)
    {
        Match match = Totals().Match(ended.Output);
        Assert.True(match.Success, ended.Output);
        return (Number(1), Number(2));

        long Number(int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("([0-9]+) spliced, ([0-9]+) copied")]
    private static partial Regex Totals();
}
