// shutdown: ends one direction of a connection, or both, without closing the descriptor.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>shutdown(sockfd, how)</c>: ends one direction or both.</summary>
    /// <param name="socket">A connected socket. Borrowed: it must still be closed.</param>
    /// <param name="how">Which direction. Sending ends after what was sent before.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTCONN</c>, never connected, or gone already; <c>ENOTSOCK</c>. Blocks:
    /// never. Allocates: nothing. Threads: safe; waiting readers and writers wake up. Since: always.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/shutdown.2.html">shutdown(2)</seealso>
    public static SysResult Shutdown(BorrowedFd socket, ShutdownHow how)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.shutdown(socket.Raw, (int)how));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

/// <summary>What <see cref="Syscall.Shutdown"/> ends.</summary>
public enum ShutdownHow : int
{
    /// <summary><c>SHUT_RD</c>: reading. The peer does not notice.</summary>
    Receive = 0,

    /// <summary><c>SHUT_WR</c>: sending. The peer reads to the end of the stream.</summary>
    Send = 1,

    /// <summary><c>SHUT_RDWR</c>.</summary>
    Both = 2,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int shutdown(int sockfd, int how);
}
