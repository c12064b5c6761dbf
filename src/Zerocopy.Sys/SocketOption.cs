// getsockopt and setsockopt for options that are one int.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>getsockopt(sockfd, level, optname, &amp;value, 4)</c>: reads an option.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="level">The layer the option belongs to.</param>
    /// <param name="option">An option that is one int.</param>
    /// <param name="value">The answer; 0 on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>; <c>ENOPROTOOPT</c>, <c>EOPNOTSUPP</c>, no such option on
    /// this socket. Blocks: never. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/getsockopt.2.html">getsockopt(2)</seealso>
    public static SysResult GetSocketOption(
        BorrowedFd socket, SocketLevel level, SocketOption option, out int value)
    {
        int answer = 0;
        SysResult result = GetSocketOptionCore(
            socket, level, option, (byte*)&answer, sizeof(int));
        value = answer;
        return result;
    }

    /// <summary><c>setsockopt(sockfd, level, optname, &amp;value, 4)</c>: sets an option.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="level">The layer the option belongs to.</param>
    /// <param name="option">An option that is one int.</param>
    /// <param name="value">1 and 0 for on and off, else as the option wants it.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>; <c>ENOPROTOOPT</c>, <c>EOPNOTSUPP</c>, no such option on
    /// this socket; <c>EINVAL</c>, not now or not this value. Blocks: never. Allocates: nothing.
    /// Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</seealso>
    public static SysResult SetSocketOption(
        BorrowedFd socket, SocketLevel level, SocketOption option, int value) =>
        SetSocketOptionCore(socket, level, option, (byte*)&value, sizeof(int));

    /// <summary><c>setsockopt(sockfd, SOL_SOCKET, SO_LINGER, &amp;linger, 8)</c>: what closing does
    /// with bytes not yet sent.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="on">False: close returns at once and sends on in the background. True: close
    /// waits, or with 0 seconds resets the connection.</param>
    /// <param name="seconds">The longest wait, in seconds.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>. Blocks: never itself. Allocates: nothing. Threads: safe.
    /// Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</seealso>
    public static SysResult SetLinger(BorrowedFd socket, bool on, int seconds)
    {
        Libc.Linger value = new() { l_onoff = on ? 1 : 0, l_linger = seconds };
        return SetSocketOptionCore(
            socket, SocketLevel.Socket, SocketOption.Linger, (byte*)&value,
            (uint)sizeof(Libc.Linger));
    }

    private static SysResult GetSocketOptionCore(
        BorrowedFd socket, SocketLevel level, SocketOption option, byte* value, uint size)
    {
        SysResult result;
        do
        {
            uint length = size;
            result = SysResult.FromReturn(
                Libc.getsockopt(socket.Raw, (int)level, (int)option, value, &length));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }

    private static SysResult SetSocketOptionCore(
        BorrowedFd socket, SocketLevel level, SocketOption option, byte* value, uint size)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(
                Libc.setsockopt(socket.Raw, (int)level, (int)option, value, size));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

internal static partial class Libc
{
    internal struct Linger
    {
        internal int l_onoff;
        internal int l_linger;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int getsockopt(
        int sockfd, int level, int optname, byte* optval, uint* optlen);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int setsockopt(
        int sockfd, int level, int optname, byte* optval, uint optlen);
}
