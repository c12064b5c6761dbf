using System.Diagnostics;
using System.Net.Sockets;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Children;

/// <summary>The client of a measurement: sends for a while, or sends and waits for the answer.</summary>
internal static class SenderChild
{
    internal static (string Ready, Func<string[], string> Answer) Start()
    {
        Pattern pattern = new(RunOptions.SizeMax);
        PingClient? ping = null;
        return ("ready", Answer);

        string Answer(string[] command)
        {
            switch (command)
            {
                case ["send", string door, string bytes, string seconds, string verify]:
                    return $"sent {Send(door, int.Parse(bytes), double.Parse(seconds), bool.Parse(verify), pattern)}";
                case ["send-all", string door, string bytes, string seconds, string verify, string connections]:
                    return $"sent {SendAll(
                        int.Parse(connections),
                        () => Send(door, int.Parse(bytes), double.Parse(seconds), bool.Parse(verify), pattern))}";
                case ["churn", string door, string target, string bytes, string seconds, string connections]:
                    return ChurnClient.Run(
                        Address.Parse(door),
                        Address.Parse(target),
                        pattern.Slice(0, int.Parse(bytes)).ToArray(),
                        double.Parse(seconds),
                        int.Parse(connections));
                case ["upload", string door, string bytes, string seconds]:
                    return Uploader.Run(Address.Parse(door), int.Parse(bytes), double.Parse(seconds), pattern);
                case ["connect", string door, string bytes, string connections]:
                    ping = new PingClient(Address.Parse(door), int.Parse(bytes), int.Parse(connections), pattern);
                    return "connected";
                case ["ping", string seconds]:
                    return ping!.Run(double.Parse(seconds));
                case ["close"]:
                    ping!.Dispose();
                    return "closed";
                default:
                    throw new ArgumentException($"no such command: {string.Join(' ', command)}");
            }
        }
    }

    /// <summary>On a thread for each connection.</summary>
    private static long SendAll(int connections, Func<long> send)
    {
        Task<long>[] tasks = [.. Enumerable.Range(0, connections).Select(_ => Task.Factory.StartNew(
            send, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        return tasks.Sum(task => task.GetAwaiter().GetResult());
    }

    // The same chunk again and again; with verify, the pattern.
    private static long Send(string door, int bytes, double seconds, bool verify, Pattern pattern)
    {
        using Socket socket = Address.Connect(Address.Parse(door));
        long sent = 0;
        long end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            ReadOnlySpan<byte> chunk = pattern.Slice(verify ? sent : 0, bytes);
            while (chunk.Length > 0)
            {
                int taken = socket.Send(chunk);
                sent += taken;
                chunk = chunk[taken..];
            }
        }

        socket.Shutdown(SocketShutdown.Send);
        Span<byte> back = stackalloc byte[1];
        if (socket.Receive(back) != 0)
        {
            throw new InvalidDataException("bytes came back that nobody sent");
        }

        return sent;
    }
}
