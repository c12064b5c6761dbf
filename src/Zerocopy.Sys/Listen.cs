// listen: makes a bound socket accept connections.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>listen(sockfd, backlog)</c>: lets peers connect.</summary>
    /// <param name="socket">A bound stream or seqpacket socket. Borrowed.</param>
    /// <param name="backlog">Connections that may wait to be accepted; cut to the system's
    /// <c>somaxconn</c>.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EADDRINUSE</c>; <c>EOPNOTSUPP</c>, not that kind of socket; <c>EINVAL</c>,
    /// connected. Blocks: never. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</seealso>
    public static SysResult Listen(BorrowedFd socket, int backlog)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.listen(socket.Raw, backlog));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int listen(int sockfd, int backlog);
}
