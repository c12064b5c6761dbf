// fcntl: one method a command, so that no argument is ever of the wrong kind.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>fcntl(fd, F_GETFL)</c>: access mode and status flags.</summary>
    /// <param name="fd">Any descriptor. Borrowed.</param>
    /// <returns>The flags, to be cast to <see cref="StatusFlags"/>; or an errno.</returns>
    /// <remarks>Errors: <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads: safe; the flags
    /// belong to the open file, which other descriptors may share. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/F_GETFL.2const.html">F_GETFL(2const)</seealso>
    public static SysResult GetStatusFlags(BorrowedFd fd) => Fcntl(fd, Libc.F_GETFL, 0);

    /// <summary><c>fcntl(fd, F_SETFL, flags)</c>: sets the status flags of the open file, for
    /// every descriptor and process that shares it.</summary>
    /// <param name="fd">Any descriptor. Borrowed.</param>
    /// <param name="flags">All flags to be set; access mode and creation flags are ignored.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EBADF</c>; <c>EPERM</c>, an append-only file must keep
    /// <see cref="StatusFlags.Append"/>. Never for a .NET socket: it keeps its own flag. Blocks:
    /// never. Allocates: nothing. Threads: safe, but get then set is not one step. Since: always.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/F_GETFL.2const.html">F_SETFL(2const)</seealso>
    public static SysResult SetStatusFlags(BorrowedFd fd, StatusFlags flags) =>
        Fcntl(fd, Libc.F_SETFL, (int)flags);

    /// <summary><c>fcntl(fd, F_GETFD)</c>: the flags of the descriptor itself.</summary>
    /// <param name="fd">Any descriptor. Borrowed.</param>
    /// <returns>The flags, to be cast to <see cref="DescriptorFlags"/>; or an errno.</returns>
    /// <remarks>Errors: <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads: safe. Since:
    /// always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/F_GETFD.2const.html">F_GETFD(2const)</seealso>
    public static SysResult GetDescriptorFlags(BorrowedFd fd) => Fcntl(fd, Libc.F_GETFD, 0);

    /// <summary><c>fcntl(fd, F_DUPFD_CLOEXEC, 0)</c>: a second descriptor of the same open
    /// file.</summary>
    /// <param name="fd">Any descriptor. Borrowed.</param>
    /// <returns>The new descriptor, which is the caller's to close; or an errno.</returns>
    /// <remarks>Errors: <c>EBADF</c>; <c>EMFILE</c>, the limit of the process. It is closed on exec.
    /// What it names is closed with the last descriptor: no FIN goes out before. Blocks: never.
    /// Allocates: nothing. Threads: safe. Since: 2.6.24.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/F_DUPFD.2const.html">F_DUPFD_CLOEXEC(2const)</seealso>
    public static SysResult Duplicate(BorrowedFd fd) => Fcntl(fd, Libc.F_DUPFD_CLOEXEC, 0);

    private static SysResult Fcntl(BorrowedFd fd, int command, int argument)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.fcntl(fd.Raw, command, argument));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

/// <summary>What <see cref="Syscall.GetStatusFlags"/> returns. Other bits may be set.</summary>
[Flags]
public enum StatusFlags : int
{
    /// <summary><c>O_RDONLY</c>: no bit at all, compare under <see cref="AccessMask"/>.</summary>
    ReadOnly = 0,

    /// <summary><c>O_WRONLY</c>: compare under <see cref="AccessMask"/>.</summary>
    WriteOnly = 1,

    /// <summary><c>O_RDWR</c>: compare under <see cref="AccessMask"/>.</summary>
    ReadWrite = 2,

    /// <summary><c>O_ACCMODE</c>: the bits of the access mode.</summary>
    AccessMask = 3,

    /// <summary><c>O_APPEND</c>: writes go to the end; splice and copy_file_range refuse it.</summary>
    Append = 0x400,

    /// <summary><c>O_NONBLOCK</c>: <c>EAGAIN</c> instead of waiting.</summary>
    NonBlocking = 0x800,

    /// <summary><c>O_PATH</c>: names a file and can do no I/O.</summary>
    PathOnly = 0x200000,
}

/// <summary>What <see cref="Syscall.GetDescriptorFlags"/> returns.</summary>
[Flags]
public enum DescriptorFlags : int
{
    /// <summary>Inherited by child processes.</summary>
    None = 0,

    /// <summary><c>FD_CLOEXEC</c>: closed in child processes.</summary>
    CloseOnExec = 1,
}

internal static partial class Libc
{
    internal const int F_GETFD = 1;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int F_DUPFD_CLOEXEC = 1030;

    // Variadic in C. With one integer argument the fixed form is the same on 64-bit Linux.
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int fd, int cmd, nint arg);
}
