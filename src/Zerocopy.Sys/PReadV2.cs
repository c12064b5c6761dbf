// preadv2 and pwritev2 with one buffer: read and write with an offset and with flags of the call.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    private static bool s_lacksPReadV2; // A C library before these calls: by number, then.
    private static bool s_lacksPWriteV2;

    /// <summary><c>preadv2(fd, iov, 1, offset, flags)</c>: reads at a position, or without waiting
    /// from a descriptor that is left blocking.</summary>
    /// <param name="fd">Borrowed.</param>
    /// <param name="buffer">Room for <paramref name="length"/> bytes.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="offset">Bytes from the start, and the position stays; or -1 to read at the
    /// position and move it (the only choice for pipes and sockets).</param>
    /// <param name="flags"><see cref="ReadWriteFlags.NoWait"/> and the like.</param>
    /// <returns>Bytes; 0 at the end of the stream or for no bytes; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, it would wait; <c>EOPNOTSUPP</c>, this file does not know the
    /// flag; <c>ESPIPE</c>, no positions here; <c>ENOSYS</c>, too old; <c>EPERM</c>, a
    /// sandbox. Blocks: unless <see cref="ReadWriteFlags.NoWait"/>. Allocates: nothing. Threads:
    /// safe. Since: Linux 4.6, with every C library (by number where it has no such function);
    /// NoWait 4.14, on pipes 6.4, and there only until that end is given to splice.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/preadv2.2.html">preadv2(2)</seealso>
    public static SysResult PReadV2(
        BorrowedFd fd, byte* buffer, nuint length, long offset, ReadWriteFlags flags)
    {
        Libc.Iovec part = new() { iov_base = buffer, iov_len = Clamp(length) };
        SysResult result;
        do
        {
            result = SysResult.FromReturn(CallPReadV2(fd.Raw, &part, offset, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= length, "More than asked for.");
        return result;
    }

    /// <inheritdoc cref="PReadV2(BorrowedFd, byte*, nuint, long, ReadWriteFlags)"/>
    public static SysResult PReadV2(
        BorrowedFd fd, Span<byte> buffer, long offset, ReadWriteFlags flags)
    {
        fixed (byte* start = buffer)
        {
            return PReadV2(fd, start, (nuint)buffer.Length, offset, flags);
        }
    }

    /// <summary><c>pwritev2(fd, iov, 1, offset, flags)</c>: writes at a position, or without
    /// waiting to a descriptor that is left blocking.</summary>
    /// <param name="fd">Borrowed.</param>
    /// <param name="buffer"><paramref name="length"/> bytes; read before the call returns.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <param name="offset">Bytes from the start, and the position stays; or -1 to write at the
    /// position and move it (the only choice for pipes and sockets).</param>
    /// <param name="flags"><see cref="ReadWriteFlags.NoWait"/> and the like.</param>
    /// <returns>Bytes, often fewer than given; 0 only for no bytes; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, it would wait; <c>EOPNOTSUPP</c>, this file does not know the
    /// flag; <c>ESPIPE</c>, no positions here; <c>EPIPE</c>, no reader; <c>ENOSYS</c>, too old;
    /// <c>EPERM</c>, a sandbox.
    /// Blocks: unless <see cref="ReadWriteFlags.NoWait"/>. Allocates: nothing. Threads: safe.
    /// Since: as PReadV2.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/pwritev2.2.html">pwritev2(2)</seealso>
    public static SysResult PWriteV2(
        BorrowedFd fd, byte* buffer, nuint length, long offset, ReadWriteFlags flags)
    {
        Libc.Iovec part = new() { iov_base = buffer, iov_len = Clamp(length) };
        SysResult result;
        do
        {
            result = SysResult.FromReturn(CallPWriteV2(fd.Raw, &part, offset, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= length, "More than given.");
        return result;
    }

    /// <inheritdoc cref="PWriteV2(BorrowedFd, byte*, nuint, long, ReadWriteFlags)"/>
    public static SysResult PWriteV2(
        BorrowedFd fd, ReadOnlySpan<byte> buffer, long offset, ReadWriteFlags flags)
    {
        fixed (byte* start = buffer)
        {
            return PWriteV2(fd, start, (nuint)buffer.Length, offset, flags);
        }
    }

    private static nint CallPReadV2(int fd, Libc.Iovec* part, long offset, int flags)
    {
        if (!s_lacksPReadV2)
        {
            try
            {
                return Libc.preadv2(fd, part, 1, offset, flags);
            }
            catch (EntryPointNotFoundException)
            {
                s_lacksPReadV2 = true;
            }
        }

        return Libc.syscall(CallNumber.PReadV2, fd, part, 1, (nint)offset, 0, flags);
    }

    private static nint CallPWriteV2(int fd, Libc.Iovec* part, long offset, int flags)
    {
        if (!s_lacksPWriteV2)
        {
            try
            {
                return Libc.pwritev2(fd, part, 1, offset, flags);
            }
            catch (EntryPointNotFoundException)
            {
                s_lacksPWriteV2 = true;
            }
        }

        return Libc.syscall(CallNumber.PWriteV2, fd, part, 1, (nint)offset, 0, flags);
    }
}

/// <summary>Flags of one read or write.</summary>
[Flags]
public enum ReadWriteFlags : int
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>RWF_NOWAIT</c>: <c>EAGAIN</c> instead of waiting, this once. A pipe end forgets
    /// how as soon as it is given to splice or vmsplice (<c>EOPNOTSUPP</c> from then on).</summary>
    NoWait = 8,

    /// <summary><c>RWF_APPEND</c>: write at the end, as if <c>O_APPEND</c>.</summary>
    Append = 0x10,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint preadv2(
        int fd, Iovec* iov, int iovcnt, long offset, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint pwritev2(
        int fd, Iovec* iov, int iovcnt, long offset, int flags);
}
