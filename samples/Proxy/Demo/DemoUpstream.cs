using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples.Proxy;

/// <summary>The demo's upstream, a process of its own. It prints its port, and then the hash of each stream that is to
/// be hashed; and it ends when its standard input does: a parent that is killed leaves nobody behind.</summary>
internal static class DemoUpstream
{
    internal static void Run(bool spoil)
    {
        using Socket listener = Address.Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Console.WriteLine(((IPEndPoint)listener.LocalEndPoint!).Port);
        SampleHost.WhenInputEnds(static () => Environment.Exit(0));
        byte[] buffer = new byte[DemoMessage.ChunkBytes];
        byte[] header = new byte[DemoMessage.HeaderBytes];
        while (true)
        {
            using Wire wire = new(listener.Accept());
            _ = wire.ReceiveAll(header);
            (DemoKind kind, long count) = DemoMessage.Read(header);
            switch (kind)
            {
                case DemoKind.Ask:
                    Answer(wire, buffer.AsSpan(0, DemoMessage.RequestBytes));
                    break;
                case DemoKind.Hash:
                    SendFiles(wire, count, buffer);
                    Console.WriteLine(wire.TakeHash()[(spoil ? 1 : 0)..]);
                    break;
                default:
                    Send(wire, count, buffer);
                    break;
            }

            wire.FinishSending();
        }
    }

    private static void SendFiles(Wire wire, long length, byte[] buffer)
    {
        using RealBytes files = new();
        while (length > 0)
        {
            int count = files.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, length)));
            wire.SendHashed(buffer.AsSpan(0, count));
            length -= count;
        }
    }

    private static void Send(Wire wire, long length, byte[] buffer)
    {
        using RealBytes files = new();
        files.Fill(buffer); // Once: to read files while we are measured would cost more than to send them.
        while (length > 0)
        {
            int count = (int)Math.Min(buffer.Length, length);
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
}
