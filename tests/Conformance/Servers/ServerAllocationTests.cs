// What a connection costs once the server is warm: nothing.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerAllocationTests
{
    private const int Warm = 200;
    private const int Connections = 500;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    [Cases("S-20")]
    public async Task A_warm_connection_allocates_nothing_on_its_loop(Family family)
    {
        using Socket upstream = SocketPair.Listen(family, out System.Net.EndPoint endPoint);
        using LoopGroup group = new("allocation test", 1);
        RelayServerOptions options = new()
        {
            Upstream = endPoint,
            Listeners = { new RelayListener(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)) },
            IdleTimeout = TimeSpan.FromMinutes(1),
        };
        await using RelayServer server = new(options, group, LinuxKernel.Instance);
        await server.StartAsync();
        Task serving = Deadline.OnThread(() => Echo(upstream));
        EventLoop loop = group[0].Loop;
        await Deadline.OnThread(() => Churn(server, Warm));
        long before = await AllocatedBy(loop).Within("the loop");
        await Deadline.OnThread(() => Churn(server, Connections));
        await Deadline.Until("they have ended", () => server.GetCounters().Relayed == Warm + Connections);
        long bytes = await AllocatedBy(loop).Within("the loop") - before;
        Assert.True(bytes < Connections, $"{bytes} bytes for {Connections} connections"); // The question costs a few.
        upstream.Dispose();
        await serving.Within("the upstream");
    }

    private static void Echo(Socket upstream)
    {
        byte[] buffer = new byte[64];
        try
        {
            while (true)
            {
                using Socket peer = upstream.Accept();
                for (int count; (count = peer.Receive(buffer)) > 0;)
                {
                    peer.Send(buffer, count, SocketFlags.None);
                }
            }
        }
        catch (SocketException)
        {
            // It is over.
        }
    }

    private static void Churn(RelayServer server, int connections)
    {
        byte[] buffer = new byte[64];
        for (int i = 0; i < connections; i++)
        {
            using Socket client = ServerRig.Connect(server.EndPoints[0]);
            client.Send(buffer);
            Assert.Equal(buffer.Length, client.Receive(buffer));
            client.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, client.Receive(buffer));
        }
    }

    /// <summary>What the loop's own thread has allocated so far.</summary>
    private static Task<long> AllocatedBy(EventLoop loop)
    {
        Question question = new(loop);
        question.Post();
        return question.Answer;
    }

    private sealed class Question(EventLoop loop) : LoopWork
    {
        private readonly TaskCompletionSource<long> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<long> Answer => _answer.Task;

        protected override void Enqueue() => loop.Enqueue(this);

        protected override bool Turn()
        {
            _answer.SetResult(GC.GetAllocatedBytesForCurrentThread());
            return false;
        }
    }
}
