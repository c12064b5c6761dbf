using System.Net.Sockets;
using System.Security.Cryptography;

namespace Zerocopy.Samples;

/// <summary>A connection of the demo that hashes whatever goes through it, each way for itself.</summary>
internal sealed class Wire(Socket socket) : IDisposable
{
    private readonly IncrementalHash _sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _received = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    internal void Send(ReadOnlySpan<byte> bytes)
    {
        _sent.AppendData(bytes);
        while (bytes.Length > 0)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    internal int Receive(Span<byte> buffer)
    {
        int count = socket.Receive(buffer);
        _received.AppendData(buffer[..count]);
        return count;
    }

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

    /// <summary>Both hashes as seen from the client's side: upward, downward.</summary>
    internal string Hashes(bool isClient)
    {
        string sent = Convert.ToHexStringLower(_sent.GetHashAndReset());
        string received = Convert.ToHexStringLower(_received.GetHashAndReset());
        return isClient ? $"{sent} {received}" : $"{received} {sent}";
    }

    public void Dispose()
    {
        _sent.Dispose();
        _received.Dispose();
        socket.Dispose();
    }
}
