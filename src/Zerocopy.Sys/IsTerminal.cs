// TCGETS: whether a device is a terminal.
namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>ioctl(fd, TCGETS, &amp;termios)</c>: asks whether it is a terminal, as
    /// <c>isatty</c> does.</summary>
    /// <param name="fd">Any descriptor. Borrowed.</param>
    /// <param name="terminal">The answer; false on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTTY</c> and others, no terminal; <c>EBADF</c>. Blocks: never. Allocates:
    /// nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/TCSETS.2const.html">TCGETS(2const)</seealso>
    public static SysResult IsTerminal(BorrowedFd fd, out bool terminal)
    {
        const int Room = 64; // The kernel's struct termios is smaller on every processor.
        byte* settings = stackalloc byte[Room];
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.ioctl(fd.Raw, Libc.TCGETS, settings));
        }
        while (result.Errno == Errno.EINTR);

        terminal = !result.IsError;
        return result;
    }
}

internal static partial class Libc
{
    internal const int TCGETS = 0x5401;
}
