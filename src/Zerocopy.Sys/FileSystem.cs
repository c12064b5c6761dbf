// fstatfs: on which kind of file system a descriptor's file is.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>fstatfs(fd, buf)</c>: the kind of file system that holds the file.</summary>
    /// <param name="fd">Any descriptor. Borrowed.</param>
    /// <param name="kind">The answer, <c>f_type</c>: a <see cref="FileSystemKind"/> or any other
    /// number of the kernel's <c>linux/magic.h</c>; 0 on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EBADF</c>; <c>ENOSYS</c>, <c>EPERM</c>, a sandbox. Blocks: on network file
    /// systems. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/fstatfs.2.html">fstatfs(2)</seealso>
    public static SysResult GetFileSystemKind(BorrowedFd fd, out FileSystemKind kind)
    {
        Libc.StatFs native = default;
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.fstatfs(fd.Raw, &native));
        }
        while (result.Errno == Errno.EINTR);

        kind = result.IsError ? default : (FileSystemKind)native.f_type;
        return result;
    }
}

/// <summary>Kinds of file systems (<c>f_type</c>), as far as they matter here.</summary>
public enum FileSystemKind : long
{
    /// <summary>Not asked, or not answered.</summary>
    Unknown = 0,

    /// <summary><c>TMPFS_MAGIC</c>: files in memory, memfd among them.</summary>
    Tmpfs = 0x01021994,

    /// <summary><c>RAMFS_MAGIC</c>: files in memory that is never swapped.</summary>
    Ramfs = 0x858458f6,
}

internal static partial class Libc
{
    [StructLayout(LayoutKind.Explicit, Size = 120)]
    internal struct StatFs
    {
        [FieldOffset(0)] internal long f_type;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int fstatfs(int fd, StatFs* buf);
}
