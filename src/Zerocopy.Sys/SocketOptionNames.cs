// The names of socket options and of the layers they belong to.
namespace Zerocopy.Sys;

/// <summary>The layer an option belongs to. Any other number of the kernel is valid, too.</summary>
public enum SocketLevel : int
{
    /// <summary><c>IPPROTO_IP</c>.</summary>
    Ip = 0,

    /// <summary><c>SOL_SOCKET</c>: every socket.</summary>
    Socket = 1,

    /// <summary><c>IPPROTO_TCP</c>.</summary>
    Tcp = 6,

    /// <summary><c>IPPROTO_IPV6</c>.</summary>
    Ipv6 = 41,
}

/// <summary>Options. The prefix tells the level; those without one are of
/// <see cref="SocketLevel.Socket"/>. Any other number of the kernel is valid, too.</summary>
/// <seealso href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</seealso>
/// <seealso href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</seealso>
public enum SocketOption : int
{
    /// <summary><c>SO_REUSEADDR</c>: bind while old connections of the port linger.</summary>
    ReuseAddress = 2,

    /// <summary><c>SO_TYPE</c>, read-only: a <see cref="SocketKind"/>.</summary>
    Type = 3,

    /// <summary><c>SO_ERROR</c>, read-only: the pending error, which reading clears.</summary>
    Error = 4,

    /// <summary><c>SO_SNDBUF</c>: bytes; reads back doubled.</summary>
    SendBuffer = 7,

    /// <summary><c>SO_RCVBUF</c>: bytes; reads back doubled.</summary>
    ReceiveBuffer = 8,

    /// <summary><c>SO_KEEPALIVE</c>.</summary>
    KeepAlive = 9,

    /// <summary><c>SO_OOBINLINE</c>: the urgent byte stays in the stream.</summary>
    OutOfBandInline = 10,

    /// <summary><c>SO_LINGER</c>: not an int, see <see cref="Syscall.SetLinger"/>.</summary>
    Linger = 13,

    /// <summary><c>SO_REUSEPORT</c>: several listeners share a port.</summary>
    ReusePort = 15,

    /// <summary><c>SO_RCVLOWAT</c>: bytes before a stream counts as readable.</summary>
    ReceiveLowWater = 18,

    /// <summary><c>SO_ACCEPTCONN</c>, read-only: 1 if listening.</summary>
    AcceptConnections = 30,

    /// <summary><c>SO_PROTOCOL</c>, read-only: a <see cref="SocketProtocol"/>.</summary>
    Protocol = 38,

    /// <summary><c>SO_DOMAIN</c>, read-only: a <see cref="SocketDomain"/>.</summary>
    Domain = 39,

    /// <summary><c>TCP_NODELAY</c>: short segments go out at once.</summary>
    TcpNoDelay = 1,

    /// <summary><c>TCP_CORK</c>: short segments wait, 200 ms at most.</summary>
    TcpCork = 3,

    /// <summary><c>TCP_DEFER_ACCEPT</c>: seconds; accept once data came.</summary>
    TcpDeferAccept = 9,

    /// <summary><c>TCP_INFO</c>: not an int, see <see cref="Syscall.GetTcpState"/>.</summary>
    TcpInfo = 11,

    /// <summary><c>TCP_QUICKACK</c>: do not delay acknowledgements, for now.</summary>
    TcpQuickAck = 12,

    /// <summary><c>TCP_USER_TIMEOUT</c>: milliseconds unacknowledged until it gives up.</summary>
    TcpUserTimeout = 18,

    /// <summary><c>TCP_NOTSENT_LOWAT</c>: unsent bytes below which it counts as writable.</summary>
    TcpNotSentLowWater = 25,

    /// <summary><c>IPV6_V6ONLY</c>: refuse IPv4 on this socket.</summary>
    Ipv6Only = 26,
}
