// bind: gives a socket its own address.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>bind(sockfd, addr, addrlen)</c>: gives a socket its own address.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="address">The bytes of a <c>sockaddr</c>, as
    /// <see cref="System.Net.SocketAddress.Buffer"/> holds them, cut to its size.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EADDRINUSE</c>; <c>EADDRNOTAVAIL</c>; <c>EACCES</c>; <c>EINVAL</c>, bound
    /// already or a bad address. Blocks: a unix path on the disk. Allocates: nothing. Threads: safe.
    /// Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/bind.2.html">bind(2)</seealso>
    public static SysResult Bind(BorrowedFd socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* start = address)
        {
            SysResult result;
            do
            {
                result = SysResult.FromReturn(Libc.bind(socket.Raw, start, (uint)address.Length));
            }
            while (result.Errno == Errno.EINTR);

            return result;
        }
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int bind(int sockfd, byte* addr, uint addrlen);
}
