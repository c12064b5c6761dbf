// vmsplice: user pages into a pipe by reference, or a pipe's bytes into user memory.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>vmsplice(fd, iov, 1, flags)</c>: on a write end, makes the pipe refer to user
    /// pages; on a read end, copies out like read.</summary>
    /// <param name="pipe">Either end. Borrowed.</param>
    /// <param name="buffer">Native memory (there is no span form: the collector moves and reuses
    /// its memory). It must stay as it is until the last reader downstream took the bytes, which
    /// nothing reports.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="flags"><see cref="SpliceFlags.NonBlock"/>, <see cref="SpliceFlags.Gift"/>.
    /// </param>
    /// <returns>Bytes; 0 for no bytes, or at the end of the stream; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>; <c>EBADF</c>, not a pipe; <c>EFAULT</c>; <c>EPIPE</c>, no
    /// reader. Blocks: unless <see cref="SpliceFlags.NonBlock"/>. Allocates: nothing. Threads: safe.
    /// Since: Linux 2.6.17.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/vmsplice.2.html">vmsplice(2)</seealso>
    public static SysResult Vmsplice(
        BorrowedFd pipe, byte* buffer, nuint length, SpliceFlags flags)
    {
        Libc.Iovec part = new() { iov_base = buffer, iov_len = Clamp(length) };
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.vmsplice(pipe.Raw, &part, 1, (uint)flags));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint vmsplice(
        int fd, Iovec* iov, nuint nr_segs, uint flags);
}
