// The C# of docs/recipes/sni.md, compiled and run: SniRecipeTests runs it, PagesTests compares the two.
using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

// block 1
internal static class SniProxy
{
    /// <param name="client">An accepted socket. Closed at the end.</param>
    /// <param name="route">The upstream of a name, which is null if the client sent none; null refuses it.</param>
    /// <param name="patience">How long the client may take to say hello.</param>
    internal static async Task<RelayResult?> ServeAsync(
        Socket client, Func<string?, EndPoint?> route, TimeSpan patience)
    {
        using (client)
        {
            (byte[] hello, string? name) = await Task.Run(() => ReceiveHello(client, patience));
            if (route(name) is not { } target)
            {
                return null;
            }

            using Socket upstream = await Dialer.ConnectAsync(target);
            RelayOptions options = new()
            {
                LeftToRight = new FlowOptions { Prefix = hello },
                CloseEndpoints = true,
            };
            return await Relay.RunAsync(client, upstream, options);
        }
    }

    /// <summary>Waits on the calling thread. What it returns has been taken from the socket.</summary>
    internal static (byte[] Bytes, string? Name) ReceiveHello(Socket client, TimeSpan patience)
    {
        long dueMs = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        byte[] buffer = new byte[ClientHello.BytesMax];
        for (int count = 0; count < buffer.Length;)
        {
            long leftMs = Math.Max(dueMs - Environment.TickCount64, 0);
            if (!client.Poll(TimeSpan.FromMilliseconds(leftMs), SelectMode.SelectRead))
            {
                throw new TimeoutException("The client took too long to say hello.");
            }

            int read = client.Receive(buffer.AsSpan(count));
            count += read;
            OperationStatus status = ClientHello.Parse(buffer.AsSpan(0, count), out string? name);
            if (status == OperationStatus.Done)
            {
                return (buffer[..count], name);
            }

            if (read == 0 || status == OperationStatus.InvalidData)
            {
                throw new InvalidDataException("This is no TLS client.");
            }
        }

        throw new InvalidDataException($"A ClientHello has at most {ClientHello.BytesMax} bytes here.");
    }
}
// end

// block 2
internal static class ClientHello
{
    internal const int BytesMax = 16 * 1024;

    /// <summary>Looks for the server name in the first message of a TLS client.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="name">The name; null if there is none, or not all of the message has come.</param>
    internal static OperationStatus Parse(ReadOnlySpan<byte> bytes, out string? name)
    {
        const byte HandshakeRecord = 22;
        const byte HelloMessage = 1;
        name = null;
        byte[] message = new byte[bytes.Length];
        int count = 0;
        while (true)
        {
            // A record: its type, two bytes of version, two of length, and a piece of the message.
            if (bytes.Length > 0 && bytes[0] != HandshakeRecord)
            {
                return OperationStatus.InvalidData;
            }

            if (bytes.Length < 5)
            {
                return OperationStatus.NeedMoreData;
            }

            bytes = bytes[3..];
            if (!TryTake(ref bytes, 2, out ReadOnlySpan<byte> piece))
            {
                return OperationStatus.NeedMoreData;
            }

            piece.CopyTo(message.AsSpan(count));
            count += piece.Length;

            // The message: its type, three bytes of length.
            if (piece.Length == 0 || message[0] != HelloMessage)
            {
                return OperationStatus.InvalidData;
            }

            int length = count < 4 ? int.MaxValue
                : (message[1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(2));
            if (count - 4 >= length)
            {
                return TryFindName(message.AsSpan(4, length), out name)
                    ? OperationStatus.Done : OperationStatus.InvalidData;
            }
        }
    }

    private static bool TryFindName(ReadOnlySpan<byte> hello, out string? name)
    {
        const int VersionAndRandom = 34;
        const int ServerName = 0;
        name = null;
        if (hello.Length < VersionAndRandom)
        {
            return false;
        }

        hello = hello[VersionAndRandom..];
        if (!TryTake(ref hello, 1, out _) || !TryTake(ref hello, 2, out _) || !TryTake(ref hello, 1, out _))
        {
            return false; // Session, cipher suites, compression.
        }

        if (hello.Length == 0)
        {
            return true; // A client of old has no extensions.
        }

        if (!TryTake(ref hello, 2, out ReadOnlySpan<byte> extensions))
        {
            return false;
        }

        while (extensions.Length >= 2)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake(ref extensions, 2, out ReadOnlySpan<byte> extension))
            {
                return false;
            }

            if (type == ServerName)
            {
                return TryReadName(extension, out name);
            }
        }

        return extensions.Length == 0;
    }

    // A list of names, each with a type; there is one type, 0, and no client sends more than one name.
    private static bool TryReadName(ReadOnlySpan<byte> extension, out string? name)
    {
        name = null;
        if (!TryTake(ref extension, 2, out ReadOnlySpan<byte> list) || list.Length == 0 || list[0] != 0)
        {
            return false;
        }

        list = list[1..];
        if (!TryTake(ref list, 2, out ReadOnlySpan<byte> host) || host.Length == 0 || !Ascii.IsValid(host))
        {
            return false;
        }

        name = Encoding.ASCII.GetString(host);
        return true;
    }

    /// <summary>Takes a length of one or two bytes, and as many bytes as it says.</summary>
    private static bool TryTake(ref ReadOnlySpan<byte> from, int lengthBytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (from.Length < lengthBytes)
        {
            return false;
        }

        int length = lengthBytes == 1 ? from[0] : BinaryPrimitives.ReadUInt16BigEndian(from);
        if (from.Length < lengthBytes + length)
        {
            return false;
        }

        taken = from.Slice(lengthBytes, length);
        from = from[(lengthBytes + length)..];
        return true;
    }
}
// end
