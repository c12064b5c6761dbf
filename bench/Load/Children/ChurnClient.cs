using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Connections one after another, of one client or of many: connect, a request and its answer, close both
/// ways.</summary>
internal static class ChurnClient
{
    /// <param name="door">Where to connect.</param>
    /// <param name="target">The server itself, to which a connection without a byte says that this is all.</param>
    /// <param name="request">What is sent on each connection.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="clients">So many do this at once, each on a thread of its own.</param>
    /// <returns>The answer to the command. Each client has at least one connection.</returns>
    internal static string Run(EndPoint door, EndPoint target, byte[] request, double seconds, int clients)
    {
        long begin = Stopwatch.GetTimestamp();
        Task<Latencies>[] all = [.. Enumerable.Range(0, clients).Select(_ => Task.Factory.StartNew(
            () => Churn(door, request, begin, seconds),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        Latencies latencies = new();
        foreach (Task<Latencies> client in all)
        {
            latencies.AddAll(client.GetAwaiter().GetResult());
        }

        double elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Address.Connect(target).Dispose();
        return $"churned {latencies.Summary(elapsed)}";
    }

    private static Latencies Churn(EndPoint door, byte[] request, long begin, double seconds)
    {
        Span<byte> answer = new byte[request.Length];
        Latencies latencies = new();
        do
        {
            long started = Stopwatch.GetTimestamp();
            Once(door, request, answer);
            latencies.Add(Stopwatch.GetTimestamp() - started);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
        return latencies;
    }

    private static void Once(EndPoint door, ReadOnlySpan<byte> request, Span<byte> answer)
    {
        using Socket socket = Address.Connect(door);
        EchoServer.SendAll(socket, request);
        for (int have = 0; have < answer.Length;)
        {
            int bytes = socket.Receive(answer[have..]);
            have += bytes > 0 ? bytes : throw new EndOfStreamException("connection lost");
        }

        if (!answer.SequenceEqual(request))
        {
            throw new InvalidDataException("the answer is not the request");
        }

        socket.Shutdown(SocketShutdown.Send);
        if (socket.Receive(answer) != 0)
        {
            throw new InvalidDataException("bytes came back that nobody sent");
        }
    }
}
