using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Sends streams of one length, each over a connection of its own, one after another.</summary>
internal static class Uploader
{
    private const int ChunkMax = 256 * 1024;

    /// <returns>The answer to the command. There is at least one stream.</returns>
    internal static string Run(EndPoint door, int bytes, double seconds, Pattern pattern)
    {
        long started = Stopwatch.GetTimestamp();
        long sent = 0;
        Span<byte> back = stackalloc byte[1];
        do
        {
            using Socket socket = Address.Connect(door);
            for (int position = 0; position < bytes;)
            {
                int length = Math.Min(bytes - position, ChunkMax);
                EchoServer.SendAll(socket, pattern.Slice(position, length));
                position += length;
            }

            socket.Shutdown(SocketShutdown.Send);
            if (socket.Receive(back) != 0)
            {
                throw new InvalidDataException("bytes came back that nobody sent");
            }

            sent += bytes;
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
        return $"sent {sent} {Stopwatch.GetElapsedTime(started).TotalSeconds}";
    }
}
