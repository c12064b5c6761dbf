using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples.Proxy;

/// <summary>The demo's client, a process of its own. Each line from the parent is a kind, a port and a count. It prints
/// progress, then "done", seconds and what it has hashed; or what is wrong.</summary>
internal static class DemoClient
{
    private const int ProgressBytes = 16 * 1024 * 1024;

    internal static void Run()
    {
        while (Console.ReadLine()?.Split(' ') is [{ } kind, { } port, { } count])
        {
            try
            {
                Serve(Enum.Parse<DemoKind>(kind), int.Parse(port, CultureInfo.InvariantCulture),
                    long.Parse(count, CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is InvalidDataException or IOException or SocketException)
            {
                Console.WriteLine($"wrong {e.Message}");
            }
        }
    }

    private static void Serve(DemoKind kind, int port, long count)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using Wire wire = new(socket);
        socket.Connect(IPAddress.Loopback, port);
        long started = Stopwatch.GetTimestamp();
        wire.Send(DemoMessage.Header(kind, count));
        if (kind == DemoKind.Ask)
        {
            Ask(wire, count);
            wire.FinishSending();
            _ = wire.Receive(new byte[1]);
        }
        else
        {
            wire.FinishSending();
            Receive(wire, count, isHashed: kind == DemoKind.Hash);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {seconds} {wire.TakeHash()}"));
    }

    private static void Receive(Wire wire, long length, bool isHashed)
    {
        byte[] buffer = new byte[DemoMessage.ChunkBytes];
        long received = 0;
        for (int count; (count = isHashed ? wire.ReceiveHashed(buffer) : wire.Receive(buffer)) > 0;)
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

    private static void Ask(Wire wire, long rounds)
    {
        Random random = new(1);
        Span<byte> request = stackalloc byte[DemoMessage.RequestBytes];
        Span<byte> answer = stackalloc byte[DemoMessage.RequestBytes];
        for (long round = 0; round < rounds; round++)
        {
            random.NextBytes(request);
            wire.Send(request);
            if (!wire.ReceiveAll(answer))
            {
                throw new EndOfStreamException("The upstream has ended the exchange.");
            }

            for (int i = 0; i < request.Length; i++)
            {
                if ((byte)~request[i] != answer[i])
                {
                    throw new InvalidDataException($"Round {round}: byte {i} of the answer is wrong.");
                }
            }
        }
    }
}
