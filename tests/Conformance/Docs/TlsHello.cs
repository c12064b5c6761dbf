// The first bytes of a real TLS client.
using System.Net.Security;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Docs;

internal static class TlsHello
{
    /// <param name="name">Whom it wants to speak to; empty: it does not say.</param>
    internal static async Task<byte[]> Capture(string name)
    {
        using SocketPair pair = SocketPair.Tcp();
        using SslStream client = new(new NetworkStream(pair.Far, ownsSocket: false));
        Task handshake = client.AuthenticateAsClientAsync(name);
        byte[] header = await Peer.ReadExactly(pair.Near, 5).Within("the header of the first record");
        byte[] body = await Peer.ReadExactly(pair.Near, (header[3] << 8) | header[4]).Within("the first record");
        SocketPair.Reset(pair.Near);
        await Assert.ThrowsAnyAsync<IOException>(() => handshake.Within("the end of the client"));
        return [.. header, .. body];
    }

    /// <summary>The same message in records of at most so many bytes.</summary>
    internal static byte[] InRecordsOf(int bytesMax, byte[] hello)
    {
        List<byte> records = [];
        for (int at = 5; at < hello.Length; at += bytesMax)
        {
            int count = Math.Min(bytesMax, hello.Length - at);
            records.AddRange([hello[0], hello[1], hello[2], (byte)(count >> 8), (byte)count]);
            records.AddRange(hello[at..(at + count)]);
        }

        return [.. records];
    }
}
