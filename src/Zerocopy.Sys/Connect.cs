// connect: asked once; an interrupted connect goes on by itself.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>connect(sockfd, addr, addrlen)</c>: starts a connection, or sets the peer of a
    /// datagram socket.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="address">The bytes of a <c>sockaddr</c>, as
    /// <see cref="System.Net.SocketAddress.Buffer"/> holds them, cut to its size.</param>
    /// <returns>0 once connected, or an errno.</returns>
    /// <remarks>Errors: <c>EINPROGRESS</c> and, not retried, <c>EINTR</c>: under way, wait until
    /// writable, then ask <see cref="GetSocketError"/>; <c>EAGAIN</c>, a unix listener's queue is
    /// full, nothing is under way; <c>ECONNREFUSED</c>, <c>ETIMEDOUT</c>, <c>ENETUNREACH</c>,
    /// <c>EHOSTUNREACH</c>, <c>ENOENT</c>; <c>EADDRNOTAVAIL</c>, no local port left. Blocks: unless
    /// <c>O_NONBLOCK</c>. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/connect.2.html">connect(2)</seealso>
    public static SysResult Connect(BorrowedFd socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            return SysResult.FromReturn(Libc.connect(socket.Raw, start, (uint)address.Length));
        }
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int connect(int sockfd, byte* addr, uint addrlen);
}
