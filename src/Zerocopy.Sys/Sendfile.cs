// sendfile: a file's bytes to a socket, from the page cache.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>sendfile(out_fd, in_fd, NULL, count)</c>: moves bytes from a file, at its
    /// position, to a descriptor.</summary>
    /// <param name="destination">A socket, pipe or file. Borrowed.</param>
    /// <param name="source">A file that can be mapped, not a socket. Borrowed.</param>
    /// <param name="count">Bytes, above 0 (asserted). Cut to <see cref="TransferBytesMax"/>.</param>
    /// <returns>Bytes moved; 0 at the end of the file, and for files that hide their size
    /// (procfs): check by one read; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, the destination is full; <c>EINVAL</c>, <c>ENOSYS</c>, this
    /// pair cannot, nothing moved; <c>EPIPE</c>, <c>ECONNRESET</c>; <c>EIO</c>. Blocks: on the
    /// disk, and on the destination unless non-blocking. Allocates: nothing. Threads: safe; the
    /// position is shared. Since: Linux 2.2; to files 2.6.33.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/sendfile.2.html">sendfile(2)</seealso>
    public static SysResult Sendfile(BorrowedFd destination, BorrowedFd source, nuint count) =>
        SendfileCore(destination, source, null, count);

    /// <summary><c>sendfile(out_fd, in_fd, offset, count)</c>: the same from a given offset; the
    /// file's own position stays.</summary>
    /// <param name="destination">A socket, pipe or file. Borrowed.</param>
    /// <param name="source">A file that can be mapped, not a socket. Borrowed.</param>
    /// <param name="offset">Bytes from the start, 0 or more; moved on by the result.</param>
    /// <param name="count">Bytes, above 0 (asserted). Cut to <see cref="TransferBytesMax"/>.</param>
    /// <returns>As above.</returns>
    /// <remarks>Errors: as above; <c>ESPIPE</c>, the source cannot seek; <c>EINVAL</c>, a negative
    /// offset. Blocks: as above. Allocates: nothing. Threads: safe. Since: Linux 2.2.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/sendfile.2.html">sendfile(2)</seealso>
    public static SysResult Sendfile(
        BorrowedFd destination, BorrowedFd source, ref long offset, nuint count)
    {
        fixed (long* position = &offset)
        {
            return SendfileCore(destination, source, position, count);
        }
    }

    private static SysResult SendfileCore(
        BorrowedFd destination, BorrowedFd source, long* offset, nuint count)
    {
        Debug.Assert(count > 0, "A result of 0 would not mean the end.");
        nuint bytes = Clamp(count);
        SysResult moved;
        do
        {
            moved = SysResult.FromReturn(
                Libc.sendfile(destination.Raw, source.Raw, offset, bytes));
        }
        while (moved.Errno == Errno.EINTR);

        Debug.Assert(moved.IsError || (nuint)moved.Value <= bytes, "More than asked for.");
        return moved;
    }
}

internal static partial class Libc
{
    // off_t is 64 bits wide on every 64-bit Linux.
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint sendfile(int out_fd, int in_fd, long* offset, nuint count);
}
