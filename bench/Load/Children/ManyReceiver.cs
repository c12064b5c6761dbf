using System.Diagnostics;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Reads many streams to their ends, on one thread.</summary>
internal static class ManyReceiver
{
    /// <returns>The answer to the command: bytes of all together, and seconds since the first was accepted.</returns>
    internal static string Run(Socket listener, int connections, Span<byte> buffer, Pattern? expected)
    {
        Socket[] sockets = new Socket[connections];
        long[] received = new long[connections];
        using ReadySet ready = new();
        long started = 0;
        for (int i = 0; i < connections; i++)
        {
            sockets[i] = Address.Accept(listener);
            ready.Add(sockets[i], i);
            started = i == 0 ? Stopwatch.GetTimestamp() : started;
        }

        for (int live = connections; live > 0;)
        {
            int count = ready.Wait(Address.Patience);
            if (count == 0)
            {
                throw new TimeoutException($"{live} of {connections} connections have not ended");
            }

            for (int i = 0; i < count; i++)
            {
                int index = ready.IndexOf(i);
                int bytes = sockets[index].Receive(buffer);
                if (bytes == 0)
                {
                    sockets[index].Dispose();
                    live--;
                    continue;
                }

                if (expected is not null && !expected.Matches(buffer[..bytes], received[index]))
                {
                    throw new InvalidDataException($"wrong bytes after {received[index]}");
                }

                received[index] += bytes;
            }
        }

        return $"received {received.Sum()} {Stopwatch.GetElapsedTime(started).TotalSeconds}";
    }
}
