// pipe2 and the capacity of a pipe.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>pipe2(pipefd, flags)</c>: makes a pipe.</summary>
    /// <param name="readEnd">The end to read from, owned by the caller; -1 on failure.</param>
    /// <param name="writeEnd">The end to write to, owned by the caller; -1 on failure.</param>
    /// <param name="flags">Of both ends.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EMFILE</c>, <c>ENFILE</c>, no descriptor left, also when the user's pipe
    /// pages reach the hard limit; <c>ENOMEM</c>. Past the soft limit the pipe silently has two
    /// pages: see <see cref="GetPipeSize"/>. Blocks: never. Allocates: nothing. Threads: safe.
    /// Since: Linux 2.6.27.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/pipe2.2.html">pipe2(2)</seealso>
    public static unsafe SysResult Pipe2(out int readEnd, out int writeEnd, PipeFlags flags)
    {
        int* ends = stackalloc int[] { -1, -1 };
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.pipe2(ends, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        (readEnd, writeEnd) = result.IsError ? (-1, -1) : (ends[0], ends[1]);
        return result;
    }

    /// <summary><c>fcntl(fd, F_GETPIPE_SZ)</c>: how much a pipe can hold.</summary>
    /// <param name="pipe">Either end. Borrowed.</param>
    /// <returns>Bytes, a multiple of the page size; or an errno. The true unit is slots of one page
    /// or fragment each, so a pipe may be full long before.</returns>
    /// <remarks>Errors: <c>EBADF</c>, not a pipe. Blocks: never. Allocates: nothing. Threads: safe.
    /// Since: Linux 2.6.35.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/F_GETPIPE_SZ.2const.html">F_GETPIPE_SZ(2const)</seealso>
    public static SysResult GetPipeSize(BorrowedFd pipe) => Fcntl(pipe, Libc.F_GETPIPE_SZ, 0);

    /// <summary><c>fcntl(fd, F_SETPIPE_SZ, bytes)</c>: changes how much a pipe can hold.</summary>
    /// <param name="pipe">Either end. Borrowed.</param>
    /// <param name="bytes">Bytes, 0 or more; rounded up to a power of two pages.</param>
    /// <returns>The capacity in bytes that was set, or an errno and the old one stays.</returns>
    /// <remarks>Errors: <c>EPERM</c>, above <c>pipe-max-size</c> or a user limit; <c>EBUSY</c>, the
    /// pipe holds more than that; <c>EBADF</c>, not a pipe; <c>ENOMEM</c>. Blocks: never.
    /// Allocates: nothing. Threads: safe. Since: Linux 2.6.35.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/F_GETPIPE_SZ.2const.html">F_SETPIPE_SZ(2const)</seealso>
    public static SysResult SetPipeSize(BorrowedFd pipe, int bytes) =>
        Fcntl(pipe, Libc.F_SETPIPE_SZ, bytes);
}

/// <summary>Flags of <see cref="Syscall.Pipe2"/>.</summary>
[Flags]
public enum PipeFlags : int
{
    /// <summary>Blocking, inherited by child processes.</summary>
    None = 0,

    /// <summary><c>O_NONBLOCK</c>: reads and writes say <c>EAGAIN</c> instead of waiting.</summary>
    NonBlocking = 0x800,

    /// <summary><c>O_CLOEXEC</c>: closed in child processes.</summary>
    CloseOnExec = 0x80000,
}

internal static partial class Libc
{
    internal const int F_SETPIPE_SZ = 1031;
    internal const int F_GETPIPE_SZ = 1032;

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int pipe2(int* pipefd, int flags);
}
