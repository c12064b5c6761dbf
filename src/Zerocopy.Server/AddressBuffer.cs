using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Zerocopy.Server;

/// <summary>Room for a <c>sockaddr</c> inside a connection. Becomes an object only where somebody asks for
/// it.</summary>
internal struct AddressBuffer
{
    internal const int BytesMax = 128;

    private Room _room;
    private int _length;

    /// <summary>Where accept4 writes it.</summary>
    internal Span<byte> Room128
    {
        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        get => _room;
    }

    internal void SetLength(int length) => _length = Math.Min(length, BytesMax);

    internal readonly EndPoint ToEndPoint()
    {
        ReadOnlySpan<byte> room = _room;
        return ToEndPoint(room[.._length]);
    }

    internal static EndPoint ToEndPoint(ReadOnlySpan<byte> address)
    {
        const int FamilyBytes = 2;
        AddressFamily family = address.Length < FamilyBytes
            ? AddressFamily.Unix : (int)BitConverter.ToUInt16(address) switch
            {
                2 => AddressFamily.InterNetwork,
                10 => AddressFamily.InterNetworkV6,
                _ => AddressFamily.Unix,
            };
        SocketAddress socketAddress = new(family, Math.Max(address.Length, FamilyBytes));
        address.CopyTo(socketAddress.Buffer.Span);
        return family switch
        {
            AddressFamily.InterNetwork => new IPEndPoint(IPAddress.Any, 0).Create(socketAddress),
            AddressFamily.InterNetworkV6 => new IPEndPoint(IPAddress.IPv6Any, 0).Create(socketAddress),
            _ => new UnixDomainSocketEndPoint("unbound").Create(socketAddress),
        };
    }

    [InlineArray(BytesMax)]
    private struct Room
    {
        private byte _first;
    }
}
