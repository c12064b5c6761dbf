using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Connections one after another: connect, a request and its answer, close both ways.</summary>
internal static class ChurnClient
{
    /// <param name="door">Where to connect.</param>
    /// <param name="target">The server itself, to which a connection without a byte says that this is all.</param>
    /// <param name="request">What is sent on each connection.</param>
    /// <param name="seconds">For how long.</param>
    /// <returns>The answer to the command. There is at least one connection.</returns>
    internal static string Run(EndPoint door, EndPoint target, ReadOnlySpan<byte> request, double seconds)
    {
        Span<byte> answer = new byte[request.Length];
        Latencies latencies = new();
        long begin = Stopwatch.GetTimestamp();
        do
        {
            long started = Stopwatch.GetTimestamp();
            Once(door, request, answer);
            latencies.Add(Stopwatch.GetTimestamp() - started);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
        double elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Address.Connect(target).Dispose();
        return $"churned {latencies.Summary(elapsed)}";
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
