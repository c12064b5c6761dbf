// samples/FileServer: how connections and the server itself end, and what is left then.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerEndingTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>
{
    private const int Big = FileServerFixture.BigBytes;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_away_within_a_body_ends_its_connection_alone(bool isReset)
    {
        using ProxyProcess server = await fixture.Start();
        using HttpPeer other = new(server.Connect());
        Assert.Equal(200, (await other.Ask("GET /small.txt")).Status);
        int before = server.SocketCount;
        using HttpPeer client = new(server.Connect());
        client.Send(string.Concat(Enumerable.Repeat("GET /big.bin HTTP/1.1\r\nHost: test\r\n\r\n", 20)));
        Assert.Equal(200, (await client.Read(hasBody: false)).Status);
        _ = await Peer.ReadExactly(client.Socket, 100_000).Within("a part of the body");
        await Deadline.Until(
            "it waits for the client", () => (server.SocketCount, OpenFiles(server)) == (before + 1, 1));
        if (isReset)
        {
            client.Socket.LingerState = new LingerOption(true, 0);
        }

        client.Dispose();
        await Deadline.Until("nothing is left of it", () => (server.SocketCount, OpenFiles(server)) == (before, 0));
        Assert.Equal(200, (await other.Ask("GET /small.txt")).Status);
        Ended ended = await server.Stop();
        Assert.Contains("connections: 2, 1 broken", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_200_requests_no_descriptor_is_left()
    {
        using HttpPeer kept = fixture.Connect();
        await AskAll(kept);
        int before = fixture.Server.DescriptorCount;
        for (int i = 0; i < 40; i++)
        {
            await AskAll(kept); // Five requests.
        }

        Assert.Equal(before, fixture.Server.DescriptorCount);
        for (int i = 0; i < 40; i++)
        {
            using HttpPeer once = fixture.Connect();
            Assert.Equal(i % 2 == 0 ? 200 : 404, (await once.Ask(i % 2 == 0 ? "GET /small.txt" : "GET /x")).Status);
        }

        await Deadline.Until("descriptors are as before", () => fixture.Server.DescriptorCount == before);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_lets_what_is_under_way_finish_and_tells_the_totals(string signal)
    {
        using ProxyProcess server = await fixture.Start();
        int before = server.SocketCount;
        using HttpPeer idle = new(server.Connect());
        Assert.Equal(200, (await idle.Ask("GET /small.txt")).Status);
        using HttpPeer fresh = new(server.Connect());
        using HttpPeer busy = new(server.Connect());
        busy.Send("GET /big.bin HTTP/1.1\r\nHost: test\r\n\r\n");
        Answer head = await busy.Read(hasBody: false);
        Assert.Equal(200, head.Status);
        await Deadline.Until("all are accepted", () => server.SocketCount == before + 3);
        server.Signal(signal);
        await idle.AssertEnd();
        await fresh.AssertEnd();
        Assert.Equal(
            new Received(Big, SocketError.Success), await Peer.Read(busy.Socket).Within("the rest of the body"));
        Ended ended = await server.End();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Trouble));
        Assert.StartsWith(
            "connections: 3, 0 broken; answers: 2xx 2; bytes: ", ended.Output, StringComparison.Ordinal);
        ServerTotals totals = FileServerFixture.Totals(ended);
        Assert.InRange(totals.Sendfile, Big * 9L / 10, Big + 10);
        Assert.Equal(0, totals.Spliced);
        Assert.InRange(totals.Sendfile + totals.Copied, Big + 100, Big + 1000); // The heads too.
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_given_up_after_the_idle_timeout()
    {
        using ProxyProcess server = await fixture.Start("--idle-timeout", "0.3");
        int before = server.SocketCount;
        using HttpPeer client = new(server.Connect());
        client.Send(string.Concat(Enumerable.Repeat("GET /big.bin HTTP/1.1\r\nHost: test\r\n\r\n", 20)));
        await Deadline.Until("it was accepted", () => server.SocketCount > before);
        await Deadline.Until("it was given up", () => (server.SocketCount, OpenFiles(server)) == (before, 0));
        Assert.Contains("connections: 1, 1 broken", (await server.Stop()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_does_not_wait_for_a_client_that_does_not_read()
    {
        using ProxyProcess server = await fixture.Start();
        using HttpPeer client = new(server.Connect());
        client.Send(string.Concat(Enumerable.Repeat("GET /big.bin HTTP/1.1\r\nHost: test\r\n\r\n", 20)));
        Assert.Equal(200, (await client.Read(hasBody: false)).Status);
        Ended ended = await server.Stop();
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("1 broken", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_only_copies_every_byte()
    {
        using ProxyProcess server = await fixture.Start("--copy-only");
        using (HttpPeer client = new(server.Connect()))
        {
            Pattern.Default.AssertEqual((await client.Ask("GET /big.bin")).Body);
        }

        ServerTotals totals = FileServerFixture.Totals(await server.Stop());
        Assert.Equal((0, 0), (totals.Sendfile, totals.Spliced));
        Assert.InRange(totals.Copied, Big, Big + 1000);
    }

    [Fact]
    public async Task Over_a_unix_socket_too()
    {
        string path = ProxyProcess.NewUnixPath();
        using ProxyProcess server = await ProxyProcess.StartSample(
            "FileServer", null, "--listen", $"unix:{path}", "--root", fixture.Root);
        using (HttpPeer client = new(server.Connect()))
        {
            Pattern.Default.AssertEqual((await client.Ask("GET /big.bin")).Body);
        }

        Assert.InRange(FileServerFixture.Totals(await server.Stop()).Sendfile, Big * 9L / 10, Big);
    }

    /// <summary>How many of the served files it has open.</summary>
    private int OpenFiles(ProxyProcess server) => Directory.GetFileSystemEntries($"/proc/{server.Id}/fd")
        .Count(path => new FileInfo(path).LinkTarget?.StartsWith(fixture.Root, StringComparison.Ordinal) == true);

    private static async Task AskAll(HttpPeer client)
    {
        Assert.Equal(200, (await client.Ask("GET /small.txt")).Status);
        Assert.Equal(206, (await client.Ask("GET /big.bin", "Range: bytes=1000-70000")).Status);
        Assert.Equal(404, (await client.Ask("GET /nothing")).Status);
        Assert.Equal(416, (await client.Ask("GET /small.txt", "Range: bytes=10-")).Status);
        client.Send("PUT /leak HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc");
        Assert.True((await client.Read()).Status is 201 or 204);
    }
}
