// close: the only wrapper that never asks twice.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>close(fd)</c>: gives a descriptor number back.</summary>
    /// <param name="fd">Owned by the caller, who must not use it afterwards, whatever is returned.
    /// </param>
    /// <returns>0, or an errno; the number is free in both cases, except after <c>EBADF</c>.</returns>
    /// <remarks>Errors: <c>EBADF</c>, a bug; <c>EINTR</c>, <c>EIO</c>, <c>ENOSPC</c>, <c>EDQUOT</c>,
    /// closed, but earlier writes may be lost. Never retried: another thread may own the number
    /// already. Blocks: sockets with a linger time, some file systems. Allocates: nothing.
    /// Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</seealso>
    public static SysResult Close(int fd) => SysResult.FromReturn(Libc.close(fd));
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int fd);
}
