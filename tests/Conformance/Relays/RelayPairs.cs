// What the tests of relays share.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

/// <summary>left peer - left, relayed to right - right peer.</summary>
internal static class RelayPairs
{
    public static RelayOptions Mode(TransferMode mode)
    {
        FlowOptions flow = new() { Mode = mode };
        return new RelayOptions { LeftToRight = flow, RightToLeft = flow };
    }

    /// <summary>Fails unless nothing comes to this peer, neither bytes nor an end, and its connection still
    /// works.</summary>
    public static async Task AssertQuietAndAlive(Socket near, Socket far)
    {
        await Task.Delay(50);
        Assert.False(far.Poll(0, SelectMode.SelectRead), "the peer got something: bytes, an end, or a reset");
        near.Send("alive"u8);
        Assert.Equal("alive"u8.ToArray(), await Peer.ReadExactly(far, 5).Within("a byte after the relay"));
    }

    /// <summary>Reads until the stream breaks, and fails if it ended properly.</summary>
    public static async Task<SocketError> ReadToError(Socket socket)
    {
        byte[] buffer = new byte[65536];
        return await Deadline.OnThread(() =>
        {
            while (true)
            {
                int count = socket.Receive(buffer, SocketFlags.None, out SocketError error);
                if (count == 0 || error != SocketError.Success)
                {
                    return error;
                }
            }
        }).Within("the end of the stream");
    }
}
