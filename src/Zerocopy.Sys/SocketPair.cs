// socketpair: two unix sockets that are connected from the start.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>socketpair(AF_UNIX, type, 0, sv)</c>: makes two connected unix sockets.</summary>
    /// <param name="kind">How bytes are delivered.</param>
    /// <param name="flags">Of both.</param>
    /// <param name="first">Owned by the caller; -1 on failure.</param>
    /// <param name="second">Owned by the caller; -1 on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EMFILE</c>, <c>ENFILE</c>, no descriptor left; <c>ENOMEM</c>. Blocks:
    /// never. Allocates: nothing. Threads: safe. Since: flags, Linux 2.6.27.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/socketpair.2.html">socketpair(2)</seealso>
    public static unsafe SysResult SocketPair(
        SocketKind kind, SocketFlags flags, out int first, out int second)
    {
        int* ends = stackalloc int[] { -1, -1 };
        SysResult result;
        do
        {
            result = SysResult.FromReturn(
                Libc.socketpair((int)SocketDomain.Unix, (int)kind | (int)flags, 0, ends));
        }
        while (result.Errno == Errno.EINTR);

        (first, second) = result.IsError ? (-1, -1) : (ends[0], ends[1]);
        return result;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int socketpair(int domain, int type, int protocol, int* sv);
}
