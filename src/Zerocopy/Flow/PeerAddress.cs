using System.Net;
using System.Net.Sockets;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>An address to connect to or to listen at, as the kernel takes it.</summary>
internal sealed class PeerAddress
{
    /// <param name="endPoint">An <see cref="IPEndPoint"/> or a <see cref="UnixDomainSocketEndPoint"/>.</param>
    internal PeerAddress(EndPoint endPoint)
    {
        EndPoint = endPoint;
        SocketAddress address = endPoint.Serialize();
        Bytes = address.Buffer[..address.Size].ToArray();
        Domain = endPoint switch
        {
            UnixDomainSocketEndPoint => SocketDomain.Unix,
            _ when endPoint.AddressFamily == AddressFamily.InterNetworkV6 => SocketDomain.Inet6,
            _ => SocketDomain.Inet,
        };
    }

    internal EndPoint EndPoint { get; }

    internal SocketDomain Domain { get; }

    /// <summary>A <c>sockaddr</c>.</summary>
    internal byte[] Bytes { get; }

    internal bool IsUnix => Domain == SocketDomain.Unix;
}
