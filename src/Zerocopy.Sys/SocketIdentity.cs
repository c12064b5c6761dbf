// What kind of socket a descriptor is, one question a method, and what went wrong with it.
namespace Zerocopy.Sys;

public static partial class Syscall
{
    /// <summary><c>getsockopt(SOL_SOCKET, SO_TYPE)</c>: how the socket delivers.</summary>
    /// <param name="socket">Any descriptor. Borrowed.</param>
    /// <param name="kind">The answer; 0 on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>, <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads:
    /// safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</seealso>
    public static SysResult GetSocketKind(BorrowedFd socket, out SocketKind kind)
    {
        SysResult result = GetSocketOption(
            socket, SocketLevel.Socket, SocketOption.Type, out int value);
        kind = (SocketKind)value;
        return result;
    }

    /// <summary><c>getsockopt(SOL_SOCKET, SO_DOMAIN)</c>: the address family.</summary>
    /// <param name="socket">Any descriptor. Borrowed.</param>
    /// <param name="domain">The answer; 0 on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>, <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads:
    /// safe. Since: Linux 2.6.32.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</seealso>
    public static SysResult GetSocketDomain(BorrowedFd socket, out SocketDomain domain)
    {
        SysResult result = GetSocketOption(
            socket, SocketLevel.Socket, SocketOption.Domain, out int value);
        domain = (SocketDomain)value;
        return result;
    }

    /// <summary><c>getsockopt(SOL_SOCKET, SO_PROTOCOL)</c>: TCP, MPTCP, or something else.</summary>
    /// <param name="socket">Any descriptor. Borrowed.</param>
    /// <param name="protocol">The answer; 0 for unix sockets and on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>, <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads:
    /// safe. Since: Linux 2.6.32.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</seealso>
    public static SysResult GetSocketProtocol(BorrowedFd socket, out SocketProtocol protocol)
    {
        SysResult result = GetSocketOption(
            socket, SocketLevel.Socket, SocketOption.Protocol, out int value);
        protocol = (SocketProtocol)value;
        return result;
    }

    /// <summary><c>getsockopt(SOL_SOCKET, SO_ACCEPTCONN)</c>: whether it listens.</summary>
    /// <param name="socket">Any descriptor. Borrowed.</param>
    /// <param name="listening">The answer; false on failure.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>, <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads:
    /// safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</seealso>
    public static SysResult IsListening(BorrowedFd socket, out bool listening)
    {
        SysResult result = GetSocketOption(
            socket, SocketLevel.Socket, SocketOption.AcceptConnections, out int value);
        listening = value != 0;
        return result;
    }

    /// <summary><c>getsockopt(SOL_SOCKET, SO_ERROR)</c>: takes the pending error, such as the
    /// outcome of a connect that was under way.</summary>
    /// <param name="socket">Any descriptor. Borrowed.</param>
    /// <param name="error">What was pending, cleared by this; <see cref="Errno.None"/> if nothing
    /// (then a connect that was under way has succeeded), and on failure.</param>
    /// <returns>0, or an errno of the question itself.</returns>
    /// <remarks>Errors: <c>ENOTSOCK</c>, <c>EBADF</c>. Blocks: never. Allocates: nothing. Threads:
    /// safe; only one gets the error. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</seealso>
    public static SysResult GetSocketError(BorrowedFd socket, out Errno error)
    {
        SysResult result = GetSocketOption(
            socket, SocketLevel.Socket, SocketOption.Error, out int value);
        error = (Errno)value;
        return result;
    }
}
