// Where a TCP connection is in its life: tells a peer's FIN from our own close.
namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>getsockopt(IPPROTO_TCP, TCP_INFO)</c>, the first byte: where a connection is in
    /// its life.</summary>
    /// <param name="socket">A TCP socket. Borrowed.</param>
    /// <param name="state">The answer; 0 on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EOPNOTSUPP</c>, <c>ENOPROTOOPT</c>, not TCP; <c>ENOTSOCK</c>. Blocks: for
    /// the socket's lock only. Allocates: nothing. Threads: safe; the answer may be old. Since: Linux
    /// 2.4.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</seealso>
    public static SysResult GetTcpState(BorrowedFd socket, out TcpState state)
    {
        byte first = 0; // tcpi_state; the kernel copies as much as there is room for.
        SysResult result = GetSocketOptionCore(
            socket, SocketLevel.Tcp, SocketOption.TcpInfo, &first, sizeof(byte));
        state = (TcpState)first;
        return result;
    }
}

/// <summary>The states of RFC 9293.</summary>
public enum TcpState : int
{
    /// <summary>No answer.</summary>
    None = 0,

    /// <summary><c>TCP_ESTABLISHED</c>: open in both directions.</summary>
    Established = 1,

    /// <summary><c>TCP_SYN_SENT</c>: connecting.</summary>
    SynSent = 2,

    /// <summary><c>TCP_SYN_RECV</c>: being connected to.</summary>
    SynRecv = 3,

    /// <summary><c>TCP_FIN_WAIT1</c>: we ended sending; not acknowledged; the peer sends on.</summary>
    FinWait1 = 4,

    /// <summary><c>TCP_FIN_WAIT2</c>: we ended sending; acknowledged; the peer sends on.</summary>
    FinWait2 = 5,

    /// <summary><c>TCP_TIME_WAIT</c>: both ended; waiting for strays.</summary>
    TimeWait = 6,

    /// <summary><c>TCP_CLOSE</c>: not connected, reset, or done.</summary>
    Close = 7,

    /// <summary><c>TCP_CLOSE_WAIT</c>: the peer ended sending; we may send on.</summary>
    CloseWait = 8,

    /// <summary><c>TCP_LAST_ACK</c>: the peer ended first, then we; not acknowledged.</summary>
    LastAck = 9,

    /// <summary><c>TCP_LISTEN</c>: a listener.</summary>
    Listen = 10,

    /// <summary><c>TCP_CLOSING</c>: both ended at once; not acknowledged.</summary>
    Closing = 11,
}
