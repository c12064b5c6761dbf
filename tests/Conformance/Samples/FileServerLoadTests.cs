// samples/FileServer: more clients than it takes, and fewer descriptors than it wants.
using Xunit;

namespace Zerocopy.Conformance.Samples;

public sealed class FileServerLoadTests(FileServerFixture fixture) : IClassFixture<FileServerFixture>, IDisposable
{
    private const int WatchMs = 700;
    private const double CpuShareMax = 0.1;

    private readonly List<HttpPeer> _clients = [];

    [Fact]
    public async Task More_clients_than_it_takes_wait_their_turn()
    {
        using ProxyProcess server = await fixture.Start("--connections", "3");
        for (int i = 0; i < 9; i++)
        {
            Keep(server).Send("GET /small.txt HTTP/1.1\r\nHost: test\r\n\r\n");
        }

        for (int i = 0; i < 9; i++)
        {
            using HttpPeer client = _clients[i]; // Its end makes room for the next.
            Assert.Equal("0123456789", (await client.Read()).Text);
        }

        Assert.Contains("3 connections at once", (await server.Stop()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_clients_at_once_are_all_served()
    {
        Task<Answer>[] answers = [.. Enumerable.Range(0, 100).Select(_ => Keep(fixture.Server).Ask("GET /small.txt"))];
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("0123456789", answer.Text));
    }

    [Fact]
    public async Task Out_of_descriptors_it_rests_answers_what_it_can_and_goes_on()
    {
        using ProxyProcess server = await fixture.Start();
        HttpPeer client = Keep(server);
        Assert.Equal(200, (await client.Ask("GET /small.txt")).Status);
        server.LimitDescriptors(server.NextDescriptor);
        Answer answer = await client.Ask("GET /small.txt");
        Assert.Equal(503, answer.Status);
        HttpPeer waiting = Keep(server);
        waiting.Send("GET /empty.html HTTP/1.1\r\nHost: test\r\n\r\n");
        await AssertRests(server);
        server.LimitDescriptors(1000);
        Assert.Equal(200, (await waiting.Read()).Status);
        Assert.Equal(200, (await client.Ask("GET /small.txt")).Status);
        Ended ended = await server.Stop();
        Assert.Contains("cannot accept: ", ended.Error, StringComparison.Ordinal);
        Assert.InRange(ended.Error.Count(c => c == '\n'), 1, 4); // One line a second at most.
    }

    public void Dispose() => _clients.ForEach(client => client.Dispose());

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

    private HttpPeer Keep(ProxyProcess server)
    {
        HttpPeer client = new(server.Connect());
        _clients.Add(client);
        return client;
    }
}
