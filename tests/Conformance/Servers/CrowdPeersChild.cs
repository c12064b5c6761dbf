// One side of CrowdedServerChild's connections, in a process of its own: with the server's they were too many.
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Servers;

/// <summary>Arguments: how many, and for the clients where to. The upstream says first where it listens; the clients
/// say when all of them are through, and go on once they are told to.</summary>
internal sealed class CrowdPeersChild : IChild
{
    private const int ConnectingMax = 256; // No more than a queue has room for.
    private const int WaitMs = 25_000;

    private int _through;

    public int Run(string[] args)
    {
        int count = int.Parse(args[0], CultureInfo.InvariantCulture);
        Task all = args.Length == 1 ? Serve(count) : Ask(count, IPEndPoint.Parse(args[1]));
        all.Within("all connections", WaitMs).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Serve(int count)
    {
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        listener.Listen(2 * ConnectingMax);
        Console.WriteLine(endPoint);
        List<Task> all = [];
        for (int i = 0; i < count; i++)
        {
            all.Add(ServeOne(await listener.AcceptAsync()));
        }

        await Task.WhenAll(all);
    }

    private static async Task ServeOne(Socket accepted)
    {
        using Socket socket = accepted;
        int number = await Crowd.HearNumber(socket);
        await Crowd.SayNumber(socket, number);
        await Crowd.Down(socket, number);
    }

    private async Task Ask(int count, IPEndPoint server)
    {
        using SemaphoreSlim connecting = new(ConnectingMax);
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource through = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task all = Task.WhenAll(Enumerable.Range(0, count).Select(AskOne));
        await through.Task;
        Console.WriteLine("through");
        Assert.Equal("go", await Deadline.OnThread(Console.ReadLine));
        go.SetResult();
        await all;

        async Task AskOne(int number)
        {
            await connecting.WaitAsync();
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(server);
                await Crowd.SayNumber(socket, number);
                Assert.Equal(number, await Crowd.HearNumber(socket));
            }
            catch (Exception e)
            {
                _ = through.TrySetException(e); // The others would wait for it.
                throw;
            }

            connecting.Release();
            if (Interlocked.Increment(ref _through) == count)
            {
                through.SetResult();
            }

            await go.Task;
            await Crowd.Up(socket, number);
        }
    }
}
