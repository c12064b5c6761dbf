// accept4: the next waiting connection.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>accept4(sockfd, NULL, NULL, flags)</c>: takes the next connection.</summary>
    /// <param name="listener">A listening socket. Borrowed.</param>
    /// <param name="flags">Of the new descriptor; nothing is inherited from the listener.</param>
    /// <returns>The connection's descriptor, owned by the caller; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, nobody waits; <c>ECONNABORTED</c> and the network errors of
    /// the connection itself, try the next; <c>EMFILE</c>, <c>ENFILE</c>, <c>ENOBUFS</c>,
    /// <c>ENOMEM</c>, back off: the connection still waits; <c>EINVAL</c>, not listening (any more).
    /// Blocks: unless the listener is non-blocking. Allocates: nothing. Threads: safe. Since: Linux
    /// 2.6.28.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/accept4.2.html">accept4(2)</seealso>
    public static SysResult Accept4(BorrowedFd listener, SocketFlags flags) => Accept(listener, flags, null, null);

    /// <summary><c>accept4(sockfd, addr, addrlen, flags)</c>: takes the next connection, and the peer's
    /// address.</summary>
    /// <param name="listener">A listening socket. Borrowed.</param>
    /// <param name="flags">Of the new descriptor; nothing is inherited from the listener.</param>
    /// <param name="address">Room for a <c>sockaddr</c>; 128 bytes hold any.</param>
    /// <param name="addressLength">How long the address is, in bytes: more than there is room for if it was
    /// cut; 0 on failure.</param>
    /// <returns>The connection's descriptor, owned by the caller; or an errno.</returns>
    /// <inheritdoc cref="Accept4(BorrowedFd, SocketFlags)" path="/remarks|/seealso"/>
    public static SysResult Accept4(
        BorrowedFd listener, SocketFlags flags, Span<byte> address, out int addressLength)
    {
        uint length = (uint)address.Length;
        fixed (byte* start = address)
        {
            SysResult result = Accept(listener, flags, start, &length);
            addressLength = result.IsError ? 0 : (int)length;
            return result;
        }
    }

    private static SysResult Accept(BorrowedFd listener, SocketFlags flags, byte* address, uint* length)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.accept4(listener.Raw, address, length, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int accept4(
        int sockfd, byte* addr, uint* addrlen, int flags);
}
