// copy_file_range: file to file inside the kernel, or by sharing blocks on disk.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>copy_file_range(fd_in, NULL, fd_out, NULL, len, 0)</c>: copies between two
    /// regular files, at and along their positions.</summary>
    /// <param name="source">A regular file. Borrowed.</param>
    /// <param name="destination">A regular file, not <c>O_APPEND</c>. Borrowed.</param>
    /// <param name="bytesMax">Bytes, above 0 (asserted). Cut to <see cref="TransferBytesMax"/>.
    /// </param>
    /// <returns>Bytes copied, fewer at the end; 0 at the end of the source, and for files that
    /// hide their size (procfs): check by one read; or an errno.</returns>
    /// <remarks>Errors that mean "copy otherwise": <c>EINVAL</c>, <c>EXDEV</c>, <c>ENOSYS</c>,
    /// <c>EPERM</c>, <c>EOPNOTSUPP</c>, <c>EIO</c>, <c>EBADF</c>, <c>EOVERFLOW</c>, <c>ETXTBSY</c>.
    /// Others: <c>ENOSPC</c>, <c>EFBIG</c>. Blocks: on the disk, for the whole length. Allocates:
    /// nothing. Threads: safe; positions are shared. Since: Linux 4.5; dependable from 5.19.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/copy_file_range.2.html">copy_file_range(2)</seealso>
    public static SysResult CopyFileRange(
        BorrowedFd source, BorrowedFd destination, nuint bytesMax) =>
        CopyFileRangeCore(source, null, destination, null, bytesMax);

    /// <summary>The same from a given offset of the source, whose position stays.</summary>
    /// <inheritdoc cref="CopyFileRange(BorrowedFd, ref long, BorrowedFd, ref long, nuint)"/>
    public static SysResult CopyFileRange(
        BorrowedFd source, ref long sourceOffset, BorrowedFd destination, nuint bytesMax)
    {
        fixed (long* from = &sourceOffset)
        {
            return CopyFileRangeCore(source, from, destination, null, bytesMax);
        }
    }

    /// <summary>The same to a given offset of the destination, whose position stays.</summary>
    /// <inheritdoc cref="CopyFileRange(BorrowedFd, ref long, BorrowedFd, ref long, nuint)"/>
    public static SysResult CopyFileRange(
        BorrowedFd source, BorrowedFd destination, ref long destinationOffset, nuint bytesMax)
    {
        fixed (long* to = &destinationOffset)
        {
            return CopyFileRangeCore(source, null, destination, to, bytesMax);
        }
    }

    /// <summary><c>copy_file_range(fd_in, off_in, fd_out, off_out, len, 0)</c>: the same between
    /// given offsets; both positions stay.</summary>
    /// <param name="source">A regular file. Borrowed.</param>
    /// <param name="sourceOffset">Bytes from the start, 0 or more; moved on by the result.</param>
    /// <param name="destination">A regular file, not <c>O_APPEND</c>. Borrowed.</param>
    /// <param name="destinationOffset">Bytes from the start, 0 or more; moved on by the result.
    /// </param>
    /// <param name="bytesMax">Bytes, above 0 (asserted). Cut to <see cref="TransferBytesMax"/>.
    /// </param>
    /// <returns>As without offsets.</returns>
    /// <remarks>Errors, Blocks, Since: as without offsets. Allocates: nothing. Threads: safe.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/copy_file_range.2.html">copy_file_range(2)</seealso>
    public static SysResult CopyFileRange(
        BorrowedFd source, ref long sourceOffset, BorrowedFd destination,
        ref long destinationOffset, nuint bytesMax)
    {
        fixed (long* from = &sourceOffset, to = &destinationOffset)
        {
            return CopyFileRangeCore(source, from, destination, to, bytesMax);
        }
    }

    private static SysResult CopyFileRangeCore(
        BorrowedFd source, long* sourceOffset, BorrowedFd destination, long* destinationOffset,
        nuint bytesMax)
    {
        Debug.Assert(bytesMax > 0, "A result of 0 would not mean the end.");
        nuint bytes = Clamp(bytesMax);
        SysResult copied;
        try
        {
            do
            {
                copied = SysResult.FromReturn(Libc.copy_file_range(
                    source.Raw, sourceOffset, destination.Raw, destinationOffset, bytes, 0));
            }
            while (copied.Errno == Errno.EINTR);
        }
        catch (EntryPointNotFoundException)
        {
            return SysResult.FromErrno(Errno.ENOSYS); // A C library before this call.
        }

        Debug.Assert(copied.IsError || (nuint)copied.Value <= bytes, "More than asked for.");
        return copied;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint copy_file_range(
        int fd_in, long* off_in, int fd_out, long* off_out, nuint len, uint flags);
}
