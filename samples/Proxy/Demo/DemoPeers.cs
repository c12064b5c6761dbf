using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples.Proxy;

/// <summary>The demo's upstream and its client, each a process of its own. They talk to the parent in lines on their
/// standard streams, and end when their standard input does: a parent that is killed leaves nobody behind.</summary>
internal static class DemoPeers
{
    internal const int RequestBytes = 1024;

    private const int ChunkBytes = 256 * 1024;
    private const int ProgressBytes = 16 * 1024 * 1024;

    /// <summary>A connection brings the length of the stream it wants, or 0 and then requests, each of which is
    /// answered by its bytes inverted. At its end both hashes are printed.</summary>
    internal static void RunUpstream(bool spoil)
    {
        using Socket listener = Address.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        SampleHost.WhenInputEnds(static () => Environment.Exit(0));
        byte[] buffer = new byte[ChunkBytes];
        byte[] header = new byte[sizeof(long)];
        while (true)
        {
            using Wire wire = new(listener.Accept());
            _ = wire.ReceiveAll(header);
            long streamBytes = BinaryPrimitives.ReadInt64LittleEndian(header);
            if (streamBytes > 0)
            {
                SendStream(wire, streamBytes, buffer);
            }
            else
            {
                Answer(wire, buffer.AsSpan(0, RequestBytes));
            }

            wire.FinishSending();
            string hashes = wire.Hashes(isClient: false);
            Console.WriteLine(spoil ? hashes[1..] : hashes);
        }
    }

    /// <summary>Each line from the parent is how many bytes to ask for, or 0 for an exchange. Prints progress, then
    /// "done", seconds and both hashes.</summary>
    internal static void RunClient(int port, int rounds)
    {
        byte[] header = new byte[sizeof(long)];
        while (Console.ReadLine() is { } line)
        {
            long streamBytes = long.Parse(line);
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using Wire wire = new(socket);
            socket.Connect(IPAddress.Loopback, port);
            long started = Stopwatch.GetTimestamp();
            BinaryPrimitives.WriteInt64LittleEndian(header, streamBytes);
            wire.Send(header);
            if (streamBytes > 0)
            {
                wire.FinishSending();
                ReceiveStream(wire, streamBytes);
            }
            else
            {
                Ask(wire, rounds);
                wire.FinishSending();
                _ = wire.Receive(new byte[1]);
            }

            Console.WriteLine($"done {Stopwatch.GetElapsedTime(started).TotalSeconds} {wire.Hashes(isClient: true)}");
        }
    }

    private static void SendStream(Wire wire, long length, byte[] buffer)
    {
        using RealBytes files = new();
        while (length > 0)
        {
            int count = files.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length)));
            wire.Send(buffer.AsSpan(0, count));
            length -= count;
        }
    }

    private static void Answer(Wire wire, Span<byte> message)
    {
        while (wire.ReceiveAll(message))
        {
            foreach (ref byte b in message)
            {
                b = (byte)~b;
            }

            wire.Send(message);
        }
    }

    private static void ReceiveStream(Wire wire, long length)
    {
        byte[] buffer = new byte[ChunkBytes];
        long received = 0;
        for (int count; (count = wire.Receive(buffer)) > 0;)
        {
            received += count;
            if (received / ProgressBytes != (received - count) / ProgressBytes)
            {
                Console.WriteLine($"progress {received}");
            }
        }

        if (received != length)
        {
            throw new EndOfStreamException($"{length} bytes were asked for, {received} came.");
        }
    }

    private static void Ask(Wire wire, int rounds)
    {
        Random random = new(1);
        Span<byte> request = stackalloc byte[RequestBytes];
        Span<byte> answer = stackalloc byte[RequestBytes];
        for (int round = 0; round < rounds; round++)
        {
            random.NextBytes(request);
            wire.Send(request);
            if (!wire.ReceiveAll(answer))
            {
                throw new EndOfStreamException("The upstream has ended the exchange.");
            }

            for (int i = 0; i < RequestBytes; i++)
            {
                if ((byte)~request[i] != answer[i])
                {
                    throw new InvalidDataException($"Round {round}: byte {i} of the answer is wrong.");
                }
            }
        }
    }
}
