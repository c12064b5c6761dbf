// getsockname and getpeername: the addresses at both ends of a socket.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>getsockname(sockfd, addr, addrlen)</c>: the socket's own address.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="address">Room for the bytes of a <c>sockaddr</c>; 128 always suffice.</param>
    /// <param name="length">Bytes of the whole address: above the room if it was cut; 0 on failure.
    /// </param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>, <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads:
    /// safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</seealso>
    public static SysResult GetSocketName(
        BorrowedFd socket, Span<byte> address, out int length)
    {
        uint size = (uint)address.Length;
        SysResult result;
        fixed (byte* start = address)
        {
            do
            {
                result = SysResult.FromReturn(Libc.getsockname(socket.Raw, start, &size));
            }
            while (result.Errno == Errno.EINTR);
        }

        length = result.IsError ? 0 : (int)size;
        return result;
    }

    /// <summary><c>getpeername(sockfd, addr, addrlen)</c>: the peer's address.</summary>
    /// <param name="socket">A connected socket. Borrowed.</param>
    /// <param name="address">Room for the bytes of a <c>sockaddr</c>; 128 always suffice.</param>
    /// <param name="length">Bytes of the whole address: above the room if it was cut; 0 on failure.
    /// </param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTCONN</c>, not connected (any more); <c>ENOTSOCK</c>. Blocks: never.
    /// Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/getpeername.2.html">getpeername(2)</seealso>
    public static SysResult GetPeerName(
        BorrowedFd socket, Span<byte> address, out int length)
    {
        uint size = (uint)address.Length;
        SysResult result;
        fixed (byte* start = address)
        {
            do
            {
                result = SysResult.FromReturn(Libc.getpeername(socket.Raw, start, &size));
            }
            while (result.Errno == Errno.EINTR);
        }

        length = result.IsError ? 0 : (int)size;
        return result;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int getsockname(int sockfd, byte* addr, uint* addrlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int getpeername(int sockfd, byte* addr, uint* addrlen);
}
