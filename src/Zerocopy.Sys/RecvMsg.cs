// recvmsg with one buffer and no room for control data: recv that tells what was cut off.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>recvmsg(sockfd, msg, flags)</c> with one buffer and no control buffer. Passed
    /// descriptors are closed by the kernel, and reported.</summary>
    /// <param name="socket">Borrowed.</param>
    /// <param name="buffer">Room for <paramref name="length"/> bytes.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="flags"><see cref="MessageFlags.DontWait"/> and the like.</param>
    /// <param name="resultFlags"><see cref="MessageFlags.ControlTruncated"/> if descriptors were
    /// dropped here, where a unix stream also stops short; none after an error.</param>
    /// <returns>As <see cref="Recv(BorrowedFd, byte*, nuint, MessageFlags)"/>.</returns>
    /// <remarks>Errors, Blocks: as Recv. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/recvmsg.2.html">recvmsg(2)</seealso>
    public static SysResult RecvMsg(
        BorrowedFd socket, byte* buffer, nuint length, MessageFlags flags,
        out MessageFlags resultFlags)
    {
        Libc.Iovec part = new() { iov_base = buffer, iov_len = Clamp(length) };
        Libc.Msghdr message = new() { msg_iov = &part, msg_iovlen = 1 };
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.recvmsg(socket.Raw, &message, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        resultFlags = result.IsError ? MessageFlags.None : (MessageFlags)message.msg_flags;
        return result;
    }

    /// <inheritdoc cref="RecvMsg(BorrowedFd, byte*, nuint, MessageFlags, out MessageFlags)"/>
    public static SysResult RecvMsg(
        BorrowedFd socket, Span<byte> buffer, MessageFlags flags, out MessageFlags resultFlags)
    {
        fixed (byte* start = buffer)
        {
            return RecvMsg(socket, start, (nuint)buffer.Length, flags, out resultFlags);
        }
    }
}

internal static partial class Libc
{
    internal unsafe struct Iovec
    {
        internal byte* iov_base;
        internal nuint iov_len;
    }

    // musl declares the two lengths as an int and padding; little-endian makes that the same.
    internal unsafe struct Msghdr
    {
        internal void* msg_name;
        internal uint msg_namelen;
        internal Iovec* msg_iov;
        internal nuint msg_iovlen;
        internal void* msg_control;
        internal nuint msg_controllen;
        internal int msg_flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint recvmsg(int sockfd, Msghdr* msg, int flags);
}
