using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples.Recorder;

/// <summary>The demo's camera and its client, each a process of its own. They talk to the parent in lines, and end when
/// their standard input does.</summary>
internal static class CameraPeers
{
    /// <summary>Of streams that are hashed, the other ones are only counted.</summary>
    internal const string Hashed = "hashed";

    /// <summary>Of the other ones.</summary>
    internal const string Counted = "counted";

    private const int ChunkBytes = 256 * 1024;
    private const int ProgressBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30); // A parent that is killed sends nobody.

    /// <summary>Each line from the parent is hashed or counted, a port, and how many bytes to send. Prints "done",
    /// seconds and the hash once the other side has ended too.</summary>
    internal static void RunCamera()
    {
        byte[] buffer = new byte[ChunkBytes];
        while (Console.ReadLine()?.Split(' ') is [{ } how, { } port, { } bytes])
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using Wire wire = new(socket);
            socket.Connect(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
            long started = Stopwatch.GetTimestamp();
            Send(wire, long.Parse(bytes, CultureInfo.InvariantCulture), isHashed: how == Hashed, buffer);
            wire.FinishSending();
            _ = wire.Receive(buffer);
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {seconds} {wire.TakeHash()}"));
        }
    }

    /// <summary>Each line from the parent is hashed or counted: how the next connection is received to its end. Prints
    /// its port, then each time progress, and "got" with bytes and the hash.</summary>
    internal static void RunClient(bool spoil)
    {
        using Socket listener = Address.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        byte[] buffer = new byte[ChunkBytes];
        while (Console.ReadLine() is { } how && listener.Poll(s_patience, SelectMode.SelectRead))
        {
            using Wire wire = new(listener.Accept());
            long received = 0;
            for (int count; (count = how == Hashed ? wire.ReceiveHashed(buffer) : wire.Receive(buffer)) > 0;)
            {
                received += count;
                if (received / ProgressBytes != (received - count) / ProgressBytes)
                {
                    Console.WriteLine($"progress {received}");
                }
            }

            Console.WriteLine($"got {received} {wire.TakeHash()[(spoil ? 1 : 0)..]}");
        }
    }

    private static void Send(Wire wire, long length, bool isHashed, byte[] buffer)
    {
        using RealBytes files = new();
        files.Fill(buffer);
        while (length > 0)
        {
            int count = (int)Math.Min(buffer.Length, length);
            if (isHashed)
            {
                count = files.Read(buffer.AsSpan(0, count));
                wire.SendHashed(buffer.AsSpan(0, count));
            }
            else
            {
                wire.Send(buffer.AsSpan(0, count)); // The same over and over: to read files would be measured too.
            }

            length -= count;
        }
    }
}
