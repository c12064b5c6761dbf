// FIONREAD: how much could be read right now.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>ioctl(fd, FIONREAD, &amp;bytes)</c>: asks how much could be read now.</summary>
    /// <param name="fd">A pipe, socket, terminal or file. Borrowed.</param>
    /// <param name="bytes">Bytes; for TCP only up to an urgent mark; for datagram sockets of the
    /// next message alone; 0 also at the end of the stream and on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EINVAL</c>, a listening socket; <c>ENOTTY</c>, cannot tell. Blocks: never.
    /// Allocates: nothing. Threads: safe; the answer is old when it arrives. Since: always.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/FIONREAD.2const.html">FIONREAD(2const)</seealso>
    public static SysResult BytesAvailable(BorrowedFd fd, out int bytes)
    {
        int available = 0;
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.ioctl(fd.Raw, Libc.FIONREAD, &available));
        }
        while (result.Errno == Errno.EINTR);

        bytes = available;
        return result;
    }
}

internal static partial class Libc
{
    internal const int FIONREAD = 0x541B;

    // Variadic in C. With one pointer argument the fixed form is the same on 64-bit Linux.
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int ioctl(int fd, nuint request, void* argument);
}
