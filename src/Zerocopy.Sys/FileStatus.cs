// statx on an open descriptor: what it is and which file it is. Where that is refused, fstat.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    private static bool s_lacksStatx; // A C library before this call: by number, then.

    /// <summary><c>statx(fd, "", AT_EMPTY_PATH, mask, buf)</c>: what is behind a descriptor. Where
    /// that is refused, <c>fstat(fd, buf)</c>.</summary>
    /// <param name="fd">Any descriptor. Borrowed.</param>
    /// <param name="status">The answer; all zero on failure.</param>
    /// <returns>0, or an errno, of the second call if both were made.</returns>
    /// <remarks>Errors: <c>EBADF</c>. Whatever else statx says (old kernels ENOSYS, old sandboxes
    /// EPERM), fstat is asked. Blocks: on network file systems. Allocates: nothing. Threads: safe.
    /// Since: always; statx Linux 4.11, with every C library (by number where it has no such function).
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/statx.2.html">statx(2)</seealso>
    public static SysResult GetFileStatus(BorrowedFd fd, out FileStatus status)
    {
        SysResult result = AskStatx(fd, out status);
        return result.IsError && result.Errno != Errno.EBADF ? AskFStat(fd, out status) : result;
    }

    private static SysResult AskStatx(BorrowedFd fd, out FileStatus status)
    {
        const uint Wanted = Libc.STATX_TYPE | Libc.STATX_INO | Libc.STATX_SIZE;

        status = default;
        byte emptyPath = 0;
        Libc.Statx native = default;
        SysResult result;
        do
        {
            result = SysResult.FromReturn(
                CallStatx(fd.Raw, &emptyPath, Libc.AT_EMPTY_PATH, Wanted, &native));
        }
        while (result.Errno == Errno.EINTR);

        if (result.IsError)
        {
            return result;
        }

        status = new FileStatus
        {
            Kind = (FileKind)(native.stx_mode & Libc.ModeTypeMask),
            Size = (long)native.stx_size,
            Inode = native.stx_ino,
            DeviceMajor = native.stx_dev_major,
            DeviceMinor = native.stx_dev_minor,
            SpecialMajor = native.stx_rdev_major,
            SpecialMinor = native.stx_rdev_minor,
        };
        return result;
    }

    private static nint CallStatx(int fd, byte* path, int flags, uint mask, Libc.Statx* status)
    {
        if (!s_lacksStatx)
        {
            try
            {
                return Libc.statx(fd, path, flags, mask, status);
            }
            catch (EntryPointNotFoundException)
            {
                s_lacksStatx = true;
            }
        }

        return Libc.syscall(CallNumber.Statx, fd, path, flags, (nint)mask, (nint)status, 0);
    }
}

/// <summary>What <see cref="Syscall.GetFileStatus"/> found. Two descriptors with the same inode and
/// device are the same file.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared as a whole.")]
public readonly struct FileStatus
{
    /// <summary>The kind of file.</summary>
    public FileKind Kind { get; init; }

    /// <summary>Bytes; of regular files only. 0 for files that hide it (procfs).</summary>
    public long Size { get; init; }

    /// <summary>The number of the file on its device.</summary>
    public ulong Inode { get; init; }

    /// <summary>The device that holds the file, first half.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>The device that holds the file, second half.</summary>
    public uint DeviceMinor { get; init; }

    /// <summary>Of a device: which one it is, first half (1: memory devices such as /dev/null).
    /// </summary>
    public uint SpecialMajor { get; init; }

    /// <summary>Of a device: which one it is, second half.</summary>
    public uint SpecialMinor { get; init; }
}

/// <summary>Kinds of files (<c>S_IFMT</c>).</summary>
public enum FileKind : int
{
    /// <summary>None of the others: epoll, eventfd and their like.</summary>
    Unknown = 0,

    /// <summary><c>S_IFIFO</c>: a pipe, with or without a name.</summary>
    Fifo = 0x1000,

    /// <summary><c>S_IFCHR</c>: a terminal, /dev/null and the like.</summary>
    CharacterDevice = 0x2000,

    /// <summary><c>S_IFDIR</c>.</summary>
    Directory = 0x4000,

    /// <summary><c>S_IFBLK</c>: a disk.</summary>
    BlockDevice = 0x6000,

    /// <summary><c>S_IFREG</c>.</summary>
    RegularFile = 0x8000,

    /// <summary><c>S_IFLNK</c>: only behind <c>O_PATH</c>.</summary>
    SymbolicLink = 0xA000,

    /// <summary><c>S_IFSOCK</c>.</summary>
    Socket = 0xC000,
}

internal static partial class Libc
{
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_TYPE = 1;
    internal const uint STATX_INO = 0x100;
    internal const uint STATX_SIZE = 0x200;
    internal const int ModeTypeMask = 0xF000; // S_IFMT; that spelling looks like a field.

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(0)] internal uint stx_mask;
        [FieldOffset(28)] internal ushort stx_mode;
        [FieldOffset(32)] internal ulong stx_ino;
        [FieldOffset(40)] internal ulong stx_size;
        [FieldOffset(128)] internal uint stx_rdev_major;
        [FieldOffset(132)] internal uint stx_rdev_minor;
        [FieldOffset(136)] internal uint stx_dev_major;
        [FieldOffset(140)] internal uint stx_dev_minor;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int statx(
        int dirfd, byte* pathname, int flags, uint mask, Statx* statxbuf);
}
