// read and write: the copying pair that everything can fall back to.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>read(fd, buf, count)</c>: bytes from the descriptor's position.</summary>
    /// <param name="fd">Borrowed.</param>
    /// <param name="buffer">Room for <paramref name="length"/> bytes.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <returns>Bytes read; 0 at the end of the stream, or if <paramref name="length"/> is 0, or
    /// for an empty datagram; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, nothing there and non-blocking; <c>ECONNRESET</c>;
    /// <c>EISDIR</c>, <c>EINVAL</c>, not readable this way. Blocks: unless <c>O_NONBLOCK</c>;
    /// regular files always may. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</seealso>
    public static SysResult Read(BorrowedFd fd, byte* buffer, nuint length)
    {
        nuint bytes = Clamp(length);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.read(fd.Raw, buffer, bytes));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= bytes, "More than asked for.");
        return result;
    }

    /// <inheritdoc cref="Read(BorrowedFd, byte*, nuint)"/>
    public static SysResult Read(BorrowedFd fd, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Read(fd, start, (nuint)buffer.Length);
        }
    }

    /// <summary><c>write(fd, buf, count)</c>: bytes to the descriptor's position.</summary>
    /// <param name="fd">Borrowed.</param>
    /// <param name="buffer"><paramref name="length"/> bytes; read before the call returns.</param>
    /// <param name="length">Bytes; cut to <see cref="TransferBytesMax"/>.</param>
    /// <returns>Bytes written, often fewer than given; 0 only for no bytes; or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, no room and non-blocking; <c>EPIPE</c>, no reader left (the
    /// runtime ignores SIGPIPE); <c>ECONNRESET</c>; <c>ENOSPC</c>. Blocks: unless
    /// <c>O_NONBLOCK</c>, also for a pipe that polls writable. Allocates: nothing. Threads: safe.
    /// Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</seealso>
    public static SysResult Write(BorrowedFd fd, byte* buffer, nuint length)
    {
        nuint bytes = Clamp(length);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.write(fd.Raw, buffer, bytes));
        }
        while (result.Errno == Errno.EINTR);

        Debug.Assert(result.IsError || (nuint)result.Value <= bytes, "More than asked for.");
        return result;
    }

    /// <inheritdoc cref="Write(BorrowedFd, byte*, nuint)"/>
    public static SysResult Write(BorrowedFd fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Write(fd, start, (nuint)buffer.Length);
        }
    }
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint read(int fd, byte* buf, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint write(int fd, byte* buf, nuint count);
}
