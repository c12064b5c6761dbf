// recv and send: read and write for sockets, with flags.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>recv(sockfd, buf, len, flags)</c>: takes bytes, or one message.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="buffer">Room for <paramref name="length"/> bytes.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="flags"><see cref="MessageFlags.DontWait"/> and the like.</param>
    /// <returns>Bytes; 0 at the end of a stream, or if <paramref name="length"/> is 0, or for an
    /// empty datagram; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>; <c>ECONNRESET</c>, <c>ETIMEDOUT</c>, the connection is gone;
    /// <c>ENOTCONN</c>; <c>ENOTSOCK</c>. Blocks: unless <c>O_NONBLOCK</c> or
    /// <see cref="MessageFlags.DontWait"/>. Allocates: nothing. Threads: safe. Since: always.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/recv.2.html">recv(2)</seealso>
    public static SysResult Recv(BorrowedFd socket, byte* buffer, nuint length, MessageFlags flags)
    {
        nuint bytes = Clamp(length);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.recv(socket.Raw, buffer, bytes, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        return result; // May exceed the length: MSG_TRUNC asks for the size of the message.
    }

    /// <inheritdoc cref="Recv(BorrowedFd, byte*, nuint, MessageFlags)"/>
    public static SysResult Recv(BorrowedFd socket, Span<byte> buffer, MessageFlags flags)
    {
        fixed (byte* start = buffer)
        {
            return Recv(socket, start, (nuint)buffer.Length, flags);
        }
    }

    /// <summary><c>send(sockfd, buf, len, flags)</c>: hands bytes, or one message, to the kernel.
    /// </summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="buffer"><paramref name="length"/> bytes; copied before the call returns.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="flags"><see cref="MessageFlags.DontWait"/> and the like.</param>
    /// <returns>Bytes taken, often fewer than given; 0 only for no bytes; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>; <c>EPIPE</c>, shut down (the runtime ignores SIGPIPE);
    /// <c>ECONNRESET</c>; <c>ENOTCONN</c>; <c>EMSGSIZE</c>; <c>ENOTSOCK</c>. Blocks: unless
    /// <c>O_NONBLOCK</c> or <see cref="MessageFlags.DontWait"/>. Allocates: nothing. Threads: safe.
    /// Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/send.2.html">send(2)</seealso>
    public static SysResult Send(BorrowedFd socket, byte* buffer, nuint length, MessageFlags flags)
    {
        nuint bytes = Clamp(length);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.send(socket.Raw, buffer, bytes, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= bytes, "More than given.");
        return result;
    }

    /// <inheritdoc cref="Send(BorrowedFd, byte*, nuint, MessageFlags)"/>
    public static SysResult Send(BorrowedFd socket, ReadOnlySpan<byte> buffer, MessageFlags flags)
    {
        fixed (byte* start = buffer)
        {
            return Send(socket, start, (nuint)buffer.Length, flags);
        }
    }
}

/// <summary>Flags to and from the recv and send calls.</summary>
[Flags]
public enum MessageFlags : int
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>MSG_OOB</c>: the urgent byte.</summary>
    OutOfBand = 1,

    /// <summary><c>MSG_PEEK</c>: look, and leave the bytes where they are.</summary>
    Peek = 2,

    /// <summary><c>MSG_CTRUNC</c>, a result: control data (passed descriptors) was dropped.</summary>
    ControlTruncated = 8,

    /// <summary><c>MSG_TRUNC</c>: as a result, the message was longer than the buffer; as a request,
    /// discard (TCP) or tell the true length (datagrams).</summary>
    Truncated = 0x20,

    /// <summary><c>MSG_DONTWAIT</c>: non-blocking, this once.</summary>
    DontWait = 0x40,

    /// <summary><c>MSG_EOR</c>: end of a record.</summary>
    EndOfRecord = 0x80,

    /// <summary><c>MSG_WAITALL</c>: wait for the whole length.</summary>
    WaitAll = 0x100,

    /// <summary><c>MSG_NOSIGNAL</c>: no SIGPIPE.</summary>
    NoSignal = 0x4000,

    /// <summary><c>MSG_MORE</c>: more follows, hold a short tail back.</summary>
    More = 0x8000,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint recv(int sockfd, byte* buf, nuint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint send(int sockfd, byte* buf, nuint len, int flags);
}
