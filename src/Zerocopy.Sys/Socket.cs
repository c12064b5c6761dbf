// socket: a new endpoint, by our own names for families and kinds.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>socket(domain, type, protocol)</c>: makes an unconnected socket.</summary>
    /// <param name="domain">The address family.</param>
    /// <param name="kind">How bytes are delivered.</param>
    /// <param name="flags">Of the new descriptor.</param>
    /// <param name="protocol">The usual one of that kind, unless given.</param>
    /// <returns>The descriptor, owned by the caller; or an errno.</returns>
    /// <remarks>Errors: <c>EMFILE</c>, <c>ENFILE</c>, no descriptor left; <c>EAFNOSUPPORT</c>, no
    /// such family here (IPv6 switched off); <c>EPROTONOSUPPORT</c>. Blocks: never. Allocates:
    /// nothing. Threads: safe. Since: flags, Linux 2.6.27.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</seealso>
    public static SysResult Socket(
        SocketDomain domain, SocketKind kind, SocketFlags flags,
        SocketProtocol protocol = SocketProtocol.Default)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(
                Libc.socket((int)domain, (int)kind | (int)flags, (int)protocol));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

/// <summary>Address families. Any other number of the kernel is a valid value, too.</summary>
public enum SocketDomain : int
{
    /// <summary><c>AF_UNSPEC</c>.</summary>
    Unspecified = 0,

    /// <summary><c>AF_UNIX</c>.</summary>
    Unix = 1,

    /// <summary><c>AF_INET</c>: IPv4.</summary>
    Inet = 2,

    /// <summary><c>AF_INET6</c>.</summary>
    Inet6 = 10,
}

/// <summary>How a socket delivers. Any other number of the kernel is a valid value, too.</summary>
public enum SocketKind : int
{
    /// <summary><c>SOCK_STREAM</c>: bytes in order, without borders.</summary>
    Stream = 1,

    /// <summary><c>SOCK_DGRAM</c>: single messages.</summary>
    Datagram = 2,

    /// <summary><c>SOCK_RAW</c>.</summary>
    Raw = 3,

    /// <summary><c>SOCK_SEQPACKET</c>: messages in order.</summary>
    SeqPacket = 5,
}

/// <summary>Protocols. Any other number of the kernel is a valid value, too.</summary>
public enum SocketProtocol : int
{
    /// <summary>0: the usual one; what a unix socket reports.</summary>
    Default = 0,

    /// <summary><c>IPPROTO_TCP</c>.</summary>
    Tcp = 6,

    /// <summary><c>IPPROTO_UDP</c>.</summary>
    Udp = 17,

    /// <summary><c>IPPROTO_MPTCP</c>.</summary>
    Mptcp = 262,
}

/// <summary>Flags of <see cref="Syscall.Socket"/> and <see cref="Syscall.Accept4(BorrowedFd, SocketFlags)"/>.</summary>
[Flags]
public enum SocketFlags : int
{
    /// <summary>Blocking, inherited by child processes.</summary>
    None = 0,

    /// <summary><c>SOCK_NONBLOCK</c>.</summary>
    NonBlocking = 0x800,

    /// <summary><c>SOCK_CLOEXEC</c>.</summary>
    CloseOnExec = 0x80000,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);
}
