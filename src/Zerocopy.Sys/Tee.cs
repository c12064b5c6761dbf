// tee: a second reader for what is in a pipe, without consuming it.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>tee(fd_in, fd_out, len, flags)</c>: repeats the head of one pipe at the end of
    /// another. The pages are shared, nothing is consumed.</summary>
    /// <param name="source">A pipe's read end. Borrowed.</param>
    /// <param name="destination">Another pipe's write end. Borrowed.</param>
    /// <param name="bytesMax">Bytes, above 0 (asserted). Cut to <see cref="TransferBytesMax"/>.
    /// </param>
    /// <param name="flags"><see cref="SpliceFlags.NonBlock"/> covers both pipes.</param>
    /// <returns>Bytes repeated, always from the head: a second call repeats them again; 0 if the
    /// source is empty and has no writer; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, the source is empty or the destination is full; <c>EINVAL</c>,
    /// not two different pipes; <c>EPIPE</c>, the destination has no reader. Blocks: unless
    /// <see cref="SpliceFlags.NonBlock"/>. Allocates: nothing. Threads: safe; who else reads the
    /// source moves the head. Since: Linux 2.6.17.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/tee.2.html">tee(2)</seealso>
    public static SysResult Tee(
        BorrowedFd source, BorrowedFd destination, nuint bytesMax, SpliceFlags flags)
    {
        Debug.Assert(bytesMax > 0, "A result of 0 would not mean the end.");
        nuint bytes = Clamp(bytesMax);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(
                Libc.tee(source.Raw, destination.Raw, bytes, (uint)flags));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= bytes, "More than asked for.");
        return result;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint tee(int fd_in, int fd_out, nuint len, uint flags);
}
