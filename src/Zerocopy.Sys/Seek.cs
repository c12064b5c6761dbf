// lseek: where the next read or write without an offset happens.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>lseek(fd, offset, whence)</c>: moves, or with 0 from
    /// <see cref="SeekFrom.Current"/> asks for, the position of an open file.</summary>
    /// <param name="fd">Borrowed. The position belongs to the open file, which other descriptors
    /// may share.</param>
    /// <param name="offset">Bytes, may be negative unless from the start.</param>
    /// <param name="whence">Where to count from.</param>
    /// <returns>The new position in bytes from the start, or an errno.</returns>
    /// <remarks>Errors: <c>ESPIPE</c>, a pipe, socket or terminal; <c>EINVAL</c>, before the start;
    /// <c>ENXIO</c>. Blocks: never. Allocates: nothing. Threads: safe, the position is shared.
    /// Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/lseek.2.html">lseek(2)</seealso>
    public static SysResult Seek(BorrowedFd fd, long offset, SeekFrom whence)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn((nint)Libc.lseek(fd.Raw, offset, (int)whence));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

/// <summary>Where <see cref="Syscall.Seek"/> counts from.</summary>
public enum SeekFrom : int
{
    /// <summary><c>SEEK_SET</c>.</summary>
    Start = 0,

    /// <summary><c>SEEK_CUR</c>.</summary>
    Current = 1,

    /// <summary><c>SEEK_END</c>.</summary>
    End = 2,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(int fd, long offset, int whence);
}
