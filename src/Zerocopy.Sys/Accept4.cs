// accept4: the next waiting connection.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>accept4(sockfd, NULL, NULL, flags)</c>: takes the next connection.</summary>
    /// <param name="listener">A listening socket. Borrowed.</param>
    /// <param name="flags">Of the new descriptor; nothing is inherited from the listener.</param>
    /// <returns>The connection's descriptor, owned by the caller; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, nobody waits; <c>ECONNABORTED</c> and the network errors of
    /// the connection itself, try the next; <c>EMFILE</c>, <c>ENFILE</c>, <c>ENOBUFS</c>,
    /// <c>ENOMEM</c>, back off: the connection still waits; <c>EINVAL</c>, not listening (any more).
    /// Blocks: unless the listener is non-blocking. Allocates: nothing. Threads: safe. Since: Linux
    /// 2.6.28.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/accept4.2.html">accept4(2)</seealso>
    public static SysResult Accept4(BorrowedFd listener, SocketFlags flags)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.accept4(listener.Raw, null, null, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int accept4(
        int sockfd, byte* addr, uint* addrlen, int flags);
}
