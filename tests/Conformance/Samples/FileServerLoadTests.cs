// samples/FileServer: more clients than it takes, and fewer descriptors than it wants.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class FileServerLoadTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>
{
    private const int WatchMs = 700;
    private const double CpuShareMax = 0.1;

    [Fact]
    public async Task More_clients_than_it_takes_wait_their_turn()
    {
        using ProxyProcess server = await fixture.Start("--connections", "3");
        HttpPeer[] clients = [.. Enumerable.Range(0, 9).Select(_ => new HttpPeer(server.Connect()))];
        foreach (HttpPeer client in clients)
        {
            client.Send("GET /small.txt HTTP/1.1\r\nHost: test\r\n\r\n");
        }

        foreach (HttpPeer client in clients)
        {
            using (client) // Its end makes room for the next.
            {
                Assert.Equal("0123456789", (await client.Read()).Text);
            }
        }

        Assert.Contains("3 connections at once", (await server.Stop()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_clients_at_once_are_all_served()
    {
        const string Request = "GET /small.txt HTTP/1.1\r\nHost: test\r\n\r\n";
        HttpPeer[] clients = [.. Enumerable.Range(0, 100).Select(_ => fixture.Connect())];
        Array.ForEach(clients, client => client.Send(Request));
        foreach (HttpPeer client in clients)
        {
            Assert.Equal("0123456789", (await client.Read()).Text); // All of them are open.
        }

        Array.ForEach(clients, client => client.Dispose());
    }

    [Fact]
    public async Task Out_of_descriptors_it_rests_answers_what_it_can_and_goes_on()
    {
        const string Request = "GET /empty.html HTTP/1.1\r\nHost: test\r\n\r\n";
        using ProxyProcess server = await fixture.Start();
        using HttpPeer client = new(server.Connect());
        Assert.Equal(200, (await client.Ask("GET /small.txt")).Status);
        server.LimitDescriptors(server.NextDescriptor);
        Assert.Equal(503, (await client.Ask("GET /small.txt")).Status);
        using (HttpPeer dropped = new(server.Connect())) // Accepted, but there can be no thread that accepts the next.
        {
            Received ended = await Peer.Read(dropped.Socket).Within("the end of the connection");
            Assert.Equal(0, ended.Count);
        }

        using HttpPeer waiting = new(server.Connect());
        waiting.Send(Request);
        await AssertRests(server);
        Assert.Equal(0, waiting.Socket.Available);
        server.LimitDescriptors(1000);
        Assert.Equal(200, (await waiting.Read()).Status);
        Assert.Equal("0123456789", (await client.Ask("GET /small.txt")).Text);
        Ended end = await server.Stop();
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("no new thread: ", end.Error, StringComparison.Ordinal);
        Assert.InRange(end.Error.Count(c => c == '\n'), 1, 5); // One line a second at most.
    }

    /// <summary>Alive, and all but asleep.</summary>
    private static async Task AssertRests(ProxyProcess server)
    {
        await Task.Delay(WatchMs / 3); // What it can do at once is done by then.
        TimeSpan before = server.CpuTime;
        await Task.Delay(WatchMs);
        Assert.False(server.HasExited);
        double share = (server.CpuTime - before).TotalMilliseconds / WatchMs;
        Assert.True(share < CpuShareMax, $"used {share:P0} of a CPU while it had nothing to do");
    }
}
