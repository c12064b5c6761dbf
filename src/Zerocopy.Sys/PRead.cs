// pread and pwrite: read and write at a position of a file, which every kernel and every sandbox knows.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>pread(fd, buf, count, offset)</c>: reads at a position; the descriptor's own
    /// stays.</summary>
    /// <param name="fd">A file. Borrowed.</param>
    /// <param name="buffer">Room for <paramref name="length"/> bytes.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="offset">Bytes from the start, 0 or more.</param>
    /// <returns>Bytes; 0 at the end of the file or for no bytes; or an errno.</returns>
    /// <remarks>Errors: <c>ESPIPE</c>, no positions here, or a file that does not know them
    /// (tracefs); <c>EIO</c>. Blocks: on the disk. Allocates: nothing. Threads: safe. Since: always.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/pread.2.html">pread(2)</seealso>
    public static SysResult PRead(BorrowedFd fd, byte* buffer, nuint length, long offset)
    {
        nuint bytes = Clamp(length);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.pread(fd.Raw, buffer, bytes, offset));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= bytes, "More than asked for.");
        return result;
    }

    /// <inheritdoc cref="PRead(BorrowedFd, byte*, nuint, long)"/>
    public static SysResult PRead(BorrowedFd fd, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            return PRead(fd, start, (nuint)buffer.Length, offset);
        }
    }

    /// <summary><c>pwrite(fd, buf, count, offset)</c>: writes at a position; the descriptor's own
    /// stays.</summary>
    /// <param name="fd">A file; with <c>O_APPEND</c> the offset means nothing. Borrowed.</param>
    /// <param name="buffer"><paramref name="length"/> bytes; read before the call returns.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="offset">Bytes from the start, 0 or more.</param>
    /// <returns>Bytes, perhaps fewer than given; 0 only for no bytes; or an errno.</returns>
    /// <remarks>Errors: <c>ESPIPE</c>, as PRead; <c>ENOSPC</c>, <c>EDQUOT</c>, <c>EFBIG</c>,
    /// <c>EIO</c>. Blocks: on the disk. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/pwrite.2.html">pwrite(2)</seealso>
    public static SysResult PWrite(BorrowedFd fd, byte* buffer, nuint length, long offset)
    {
        nuint bytes = Clamp(length);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.pwrite(fd.Raw, buffer, bytes, offset));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= bytes, "More than given.");
        return result;
    }

    /// <inheritdoc cref="PWrite(BorrowedFd, byte*, nuint, long)"/>
    public static SysResult PWrite(BorrowedFd fd, ReadOnlySpan<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            return PWrite(fd, start, (nuint)buffer.Length, offset);
        }
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint pread(int fd, byte* buf, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint pwrite(int fd, byte* buf, nuint count, long offset);
}
