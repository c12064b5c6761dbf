using System.Net.Sockets;
using System.Security.Cryptography;

namespace Zerocopy.Samples;

/// <summary>A connection of the demo. What is to be compared is hashed as it goes through; the rest is only
/// counted.</summary>
internal sealed class Wire(Socket socket) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal void SendHashed(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Send(bytes);
    }

    internal void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    internal int ReceiveHashed(Span<byte> buffer)
    {
        int count = Receive(buffer);
        _hash.AppendData(buffer[..count]);
        return count;
    }

    internal int Receive(Span<byte> buffer) => socket.Receive(buffer);

    /// <returns>False at the end of the stream.</returns>
    internal bool ReceiveAll(Span<byte> buffer)
    {
        for (int at = 0; at < buffer.Length;)
        {
            int count = Receive(buffer[at..]);
            if (count == 0)
            {
                return at == 0 ? false : throw new EndOfStreamException("The connection ended inside a message.");
            }

            at += count;
        }

        return true;
    }

    internal void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>The SHA-256 of what was hashed so far.</summary>
    internal string TakeHash() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose()
    {
        _hash.Dispose();
        socket.Dispose();
    }
}
