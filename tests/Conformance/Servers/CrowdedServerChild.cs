// A server with as many connections at once as a process may have descriptors for, its peers in two others.
using System.Net;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;
using Zerocopy.Server;

namespace Zerocopy.Conformance.Servers;

internal sealed class CrowdedServerChild : IChild
{
    private const int Wanted = 8000;
    private const int DescriptorsMax = 20_000; // More than that no test takes.
    private const int Spare = 1000; // The runtime's own, and some pipes: without pipes it copies.
    private const int WaitMs = 25_000;

    private long _ended;
    private long _idSum;

    public int Run(string[] args)
    {
        FdCaches.WarmUp();
        long limit = Math.Min(Libc.OpenFilesLimit(), DescriptorsMax); // .NET raises it as far as it goes.
        _ = Libc.OpenFilesLimit(limit);
        int count = (int)Math.Min(Wanted, (limit - Spare) / 2);
        if (count < Wanted)
        {
            Console.WriteLine($"scaled down from {Wanted}: {limit} files may be open at once");
        }

        FdTable before = FdTable.TakeAtRest();
        RelayServerCounters counters = Serve(count).Within("all", WaitMs).GetAwaiter().GetResult();
        before.AssertSame();
        long up = Enumerable.Range(0, count).Sum(number => (long)Crowd.UpBytes(number) + sizeof(int));
        long down = Enumerable.Range(0, count).Sum(number => (long)Crowd.DownBytes(number) + sizeof(int));
        Assert.Equal((count, 0, 0), (counters.Accepted, counters.Active, counters.AcceptPauses));
        Assert.Equal(count, counters.EndedBy(RelayEnd.EndOfStream));
        Assert.Equal((up, down), (counters.BytesToUpstream, counters.BytesToClient));
        Assert.True(counters.BytesSpliced > 0 == Platform.HasKernel, $"{counters.BytesSpliced} bytes were spliced");
        Assert.Equal((count, count * (count + 1L) / 2), (_ended, _idSum));
        Console.WriteLine($"{count} connections at once, {up + down} bytes, {counters.BytesSpliced} of them spliced");
        return 0;
    }

    private async Task<RelayServerCounters> Serve(int count)
    {
        using CrowdPeers upstream = new($"{count}");
        RelayServerOptions options = new()
        {
            Upstream = IPEndPoint.Parse(await upstream.Hear()),
            Listeners = { new RelayListener(new IPEndPoint(IPAddress.Loopback, 0)) },
            MaxConnections = count,
            ConnectionsEnded = Keep,
        };
        await using RelayServer server = new(options);
        await server.StartAsync();
        using CrowdPeers clients = new($"{count}", $"{server.EndPoints[0]}");
        Assert.Equal("through", await clients.Hear());
        Assert.Equal(count, server.GetCounters().Active);
        await clients.Tell("go");
        Assert.Equal("done", await clients.Hear());
        Assert.Equal("done", await upstream.Hear());
        await server.StopAsync();
        return server.GetCounters();
    }

    private void Keep(IReadOnlyList<RelayConnection> ended)
    {
        _ended += ended.Count;
        _idSum += ended.Sum(connection => connection.Id);
    }
}
