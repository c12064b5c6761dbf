// eventfd: a counter that can be waited for, the way to wake a waiting thread.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>eventfd(initval, flags)</c>: makes a 64-bit counter behind a descriptor.
    /// </summary>
    /// <param name="initial">The first value.</param>
    /// <param name="flags">Of the new descriptor.</param>
    /// <returns>The descriptor, owned by the caller; or an errno.</returns>
    /// <remarks>Errors: <c>EMFILE</c>, <c>ENFILE</c>, <c>ENOMEM</c>. Blocks: never. Allocates:
    /// nothing. Threads: safe. Since: Linux 2.6.27.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</seealso>
    public static SysResult EventFd(uint initial, EventFdFlags flags)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.eventfd(initial, (int)flags));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }

    /// <summary><c>write(fd, &amp;value, 8)</c>: adds to the counter and wakes its waiters.</summary>
    /// <param name="eventFd">Borrowed.</param>
    /// <param name="value">Added; below <see cref="ulong.MaxValue"/>.</param>
    /// <returns>8, or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, the counter would overflow: it is signalled already. Blocks:
    /// on overflow, unless non-blocking. Allocates: nothing. Threads: safe. Since: Linux 2.6.22.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</seealso>
    public static SysResult EventFdSignal(BorrowedFd eventFd, ulong value = 1) =>
        Write(eventFd, (byte*)&value, sizeof(ulong));

    /// <summary><c>read(fd, &amp;value, 8)</c>: takes the counter's value and sets it to 0, or takes
    /// 1 with <see cref="EventFdFlags.Semaphore"/>.</summary>
    /// <param name="eventFd">Borrowed.</param>
    /// <param name="value">What was taken; 0 on failure.</param>
    /// <returns>8, or an errno.</returns>
    /// <remarks>Errors: <c>EAGAIN</c>, the counter is 0. Blocks: on 0, unless non-blocking.
    /// Allocates: nothing. Threads: safe. Since: Linux 2.6.22.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</seealso>
    public static SysResult EventFdTake(BorrowedFd eventFd, out ulong value)
    {
        ulong taken = 0;
        SysResult result = Read(eventFd, (byte*)&taken, sizeof(ulong));
        value = taken;
        return result;
    }
}

/// <summary>Flags of <see cref="Syscall.EventFd"/>.</summary>
[Flags]
public enum EventFdFlags : int
{
    /// <summary>Blocking, inherited by child processes, taken as a whole.</summary>
    None = 0,

    /// <summary><c>EFD_SEMAPHORE</c>: taken one by one.</summary>
    Semaphore = 1,

    /// <summary><c>EFD_NONBLOCK</c>.</summary>
    NonBlocking = 0x800,

    /// <summary><c>EFD_CLOEXEC</c>.</summary>
    CloseOnExec = 0x80000,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint initval, int flags);
}
