using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples.Recorder;

/// <summary>The demo's camera and its client, each a process of its own. They talk to the parent in lines, and end when
/// their standard input does.</summary>
internal static class CameraPeers
{
    private const int ChunkBytes = 256 * 1024;
    private const int ProgressBytes = 16 * 1024 * 1024;

    /// <summary>Each line from the parent is how many bytes to send. Prints "done", seconds and both hashes once the
    /// other side has ended too.</summary>
    internal static void RunCamera(int port)
    {
        byte[] buffer = new byte[ChunkBytes];
        while (Console.ReadLine() is { } line)
        {
            using RealBytes files = new();
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using Wire wire = new(socket);
            socket.Connect(IPAddress.Loopback, port);
            long started = Stopwatch.GetTimestamp();
            for (long left = long.Parse(line); left > 0;)
            {
                int count = files.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
                wire.Send(buffer.AsSpan(0, count));
                left -= count;
            }

            wire.FinishSending();
            _ = wire.Receive(buffer);
            Console.WriteLine($"done {Stopwatch.GetElapsedTime(started).TotalSeconds} {wire.Hashes(isClient: true)}");
        }
    }

    /// <summary>Receives one connection after the other to its end. Prints progress, then "got" and both
    /// hashes.</summary>
    internal static void RunClient(bool spoil)
    {
        using Socket listener = Address.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        SampleHost.WhenInputEnds(static () => Environment.Exit(0));
        byte[] buffer = new byte[ChunkBytes];
        while (true)
        {
            using Wire wire = new(listener.Accept());
            long received = 0;
            for (int count; (count = wire.Receive(buffer)) > 0;)
            {
                received += count;
                if (received / ProgressBytes != (received - count) / ProgressBytes)
                {
                    Console.WriteLine($"progress {received}");
                }
            }

            string hashes = wire.Hashes(isClient: false);
            Console.WriteLine($"got {(spoil ? hashes[1..] : hashes)}");
        }
    }
}
