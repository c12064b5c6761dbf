// splice: bytes from or to a pipe without passing through user memory.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>splice(fd_in, NULL, fd_out, NULL, len, flags)</c>: moves bytes between a pipe
    /// and another descriptor without passing through user memory.</summary>
    /// <param name="source">Where bytes come from. Borrowed.</param>
    /// <param name="destination">Where bytes go. Borrowed. At least one of the two is a pipe.
    /// </param>
    /// <param name="bytesMax">Bytes, above 0 (asserted); fewer may move. Cut to
    /// <see cref="TransferBytesMax"/>.</param>
    /// <param name="flags"><see cref="SpliceFlags.NonBlock"/> covers pipes and unix sources only:
    /// TCP needs <c>O_NONBLOCK</c> as well.</param>
    /// <returns>Bytes moved; 0 if the source is at its end, or, from TCP, if it may only seem so
    /// (an urgent mark with FIN queued): believe only <c>recv</c>; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, either end is not ready (it does not say which), or bytes
    /// wait behind an urgent mark; <c>EINVAL</c>, this pair cannot splice, nothing moved;
    /// <c>EPIPE</c>, the destination is closed. Blocks: unless both ends are non-blocking.
    /// Allocates: nothing. Threads: safe; concurrent calls on one pipe interleave. Since: Linux
    /// 2.6.17; between two pipes 2.6.31.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/splice.2.html">splice(2)</seealso>
    public static SysResult Splice(
        BorrowedFd source, BorrowedFd destination, nuint bytesMax, SpliceFlags flags) =>
        SpliceCore(source, null, destination, null, bytesMax, flags);

    /// <summary><c>splice(fd_in, off_in, pipe, NULL, len, flags)</c>: the same from a position of a
    /// file into a pipe. The file's own position stays.</summary>
    /// <param name="source">A seekable file. Borrowed.</param>
    /// <param name="sourceOffset">Bytes from the start, 0 or more; moved on by the result.</param>
    /// <param name="pipe">The write end. Borrowed.</param>
    /// <param name="bytesMax">As above.</param>
    /// <param name="flags">As above.</param>
    /// <returns>Bytes moved; 0 at the end of the file; or an errno.</returns>
    /// <remarks>Errors: as above; <c>EINVAL</c>, <c>ESPIPE</c>, the source cannot seek. The pipe then
    /// refers to the file's cached pages: later writes to the file show in it. Blocks: on the disk. Allocates:
    /// nothing. Threads: safe. Since: Linux 2.6.17.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/splice.2.html">splice(2)</seealso>
    public static SysResult Splice(
        BorrowedFd source, ref long sourceOffset, BorrowedFd pipe, nuint bytesMax,
        SpliceFlags flags)
    {
        fixed (long* offset = &sourceOffset)
        {
            return SpliceCore(source, offset, pipe, null, bytesMax, flags);
        }
    }

    /// <summary><c>splice(pipe, NULL, fd_out, off_out, len, flags)</c>: the same from a pipe to a
    /// position of a file. The file's own position stays.</summary>
    /// <param name="pipe">The read end. Borrowed.</param>
    /// <param name="destination">A seekable file, not <c>O_APPEND</c>. Borrowed.</param>
    /// <param name="destinationOffset">Bytes from the start, 0 or more; moved on by the result.
    /// </param>
    /// <param name="bytesMax">As above.</param>
    /// <param name="flags">As above.</param>
    /// <returns>Bytes moved; 0 if the pipe is empty and its write end closed; or an errno.</returns>
    /// <remarks>Errors: as above; <c>EINVAL</c>, <c>ESPIPE</c>, the destination cannot seek, or is
    /// <c>O_APPEND</c>; <c>ENOSPC</c>. Blocks: on the disk. Allocates: nothing. Threads: safe.
    /// Since: Linux 2.6.17.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/splice.2.html">splice(2)</seealso>
    public static SysResult Splice(
        BorrowedFd pipe, BorrowedFd destination, ref long destinationOffset, nuint bytesMax,
        SpliceFlags flags)
    {
        fixed (long* offset = &destinationOffset)
        {
            return SpliceCore(pipe, null, destination, offset, bytesMax, flags);
        }
    }

    private static SysResult SpliceCore(
        BorrowedFd source, long* sourceOffset, BorrowedFd destination, long* destinationOffset,
        nuint bytesMax, SpliceFlags flags)
    {
        Debug.Assert(bytesMax > 0, "A result of 0 would not mean the end.");
        nuint bytes = Clamp(bytesMax);
        SysResult moved;
        do
        {
            moved = SysResult.FromReturn(Libc.splice(
                source.Raw, sourceOffset, destination.Raw, destinationOffset, bytes, (uint)flags));
        }
        while (moved.Errno == Errno.EINTR); // No byte has moved yet, so repeating is safe.

        Debug.Assert(moved.IsError || (nuint)moved.Value <= bytes, "More than asked for.");
        return moved;
    }
}

/// <summary>Flags of <see cref="Syscall.Splice(BorrowedFd, BorrowedFd, nuint, SpliceFlags)"/>,
/// <see cref="Syscall.Tee"/> and <see cref="Syscall.Vmsplice"/>.</summary>
[Flags]
public enum SpliceFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>SPLICE_F_MOVE</c>: a hint without effect since Linux 2.6.21.</summary>
    Move = 1,

    /// <summary><c>SPLICE_F_NONBLOCK</c>: do not wait for the pipe.</summary>
    NonBlock = 2,

    /// <summary><c>SPLICE_F_MORE</c>: holds a short tail back, for up to 200 ms.</summary>
    More = 4,

    /// <summary><c>SPLICE_F_GIFT</c>, vmsplice only: the pages will never be touched again.</summary>
    Gift = 8,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint splice(
        int fd_in, long* off_in, int fd_out, long* off_out, nuint len, uint flags);
}
