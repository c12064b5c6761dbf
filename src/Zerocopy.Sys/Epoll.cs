// epoll: create, add, modify, remove, wait.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>epoll_create1(flags)</c>: makes an interest list.</summary>
    /// <param name="flags">Of the new descriptor.</param>
    /// <returns>The descriptor, owned by the caller; or an errno.</returns>
    /// <remarks>Errors: <c>EMFILE</c>, <c>ENFILE</c>, <c>ENOMEM</c>. Blocks: never. Allocates:
    /// nothing. Threads: safe. Since: Linux 2.6.27.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/epoll_create1.2.html">epoll_create1(2)</seealso>
    public static SysResult EpollCreate(EpollCreateFlags flags)
    {
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.epoll_create1((int)flags));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }

    /// <summary><c>epoll_ctl(epfd, EPOLL_CTL_ADD, fd, event)</c>: starts watching.</summary>
    /// <param name="epoll">Borrowed.</param>
    /// <param name="fd">Borrowed; epoll forgets it when its open file is closed everywhere.</param>
    /// <param name="events">What to report; errors and hang-ups always are.</param>
    /// <param name="token">Comes back with each event, uninterpreted.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>EPERM</c>, a regular file or the like, always ready; <c>EEXIST</c>,
    /// watched already; <c>ENOSPC</c>, the user's limit; <c>ENOMEM</c>; <c>EBADF</c>. Blocks: never.
    /// Allocates: nothing. Threads: safe, also while another waits. Since: Linux 2.6.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</seealso>
    public static SysResult EpollAdd(
        BorrowedFd epoll, BorrowedFd fd, EpollEvents events, ulong token) =>
        EpollControl(epoll, Libc.EPOLL_CTL_ADD, fd, events, token);

    /// <summary><c>epoll_ctl(epfd, EPOLL_CTL_MOD, fd, event)</c>: watches for something else, and
    /// re-arms an edge or one-shot.</summary>
    /// <param name="epoll">Borrowed.</param>
    /// <param name="fd">Borrowed.</param>
    /// <param name="events">Replaces the earlier set.</param>
    /// <param name="token">Replaces the earlier token.</param>
    /// <returns>0, or an errno.</returns>
    /// <remarks>Errors: <c>ENOENT</c>, not watched; <c>ENOMEM</c>; <c>EBADF</c>. Blocks: never.
    /// Allocates: nothing. Threads: safe. Since: Linux 2.6.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</seealso>
    public static SysResult EpollModify(
        BorrowedFd epoll, BorrowedFd fd, EpollEvents events, ulong token) =>
        EpollControl(epoll, Libc.EPOLL_CTL_MOD, fd, events, token);

    /// <summary><c>epoll_ctl(epfd, EPOLL_CTL_DEL, fd, NULL)</c>: stops watching.</summary>
    /// <param name="epoll">Borrowed.</param>
    /// <param name="fd">Borrowed; hold a lease, else the number may be somebody else's by now.
    /// </param>
    /// <returns>0, or an errno. Events already fetched are the caller's to drop.</returns>
    /// <remarks>Errors: <c>ENOENT</c>, not watched; <c>EBADF</c>. Blocks: never. Allocates: nothing.
    /// Threads: safe. Since: Linux 2.6.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</seealso>
    public static SysResult EpollRemove(BorrowedFd epoll, BorrowedFd fd) =>
        EpollControl(epoll, Libc.EPOLL_CTL_DEL, fd, EpollEvents.None, 0);

    /// <summary><c>epoll_wait(epfd, events, maxevents, timeout)</c>: waits for events.</summary>
    /// <param name="epoll">Borrowed.</param>
    /// <param name="events">Filled from index 0, up to its capacity.</param>
    /// <param name="timeoutMs">Milliseconds; 0 returns at once, -1 never gives up.</param>
    /// <returns>How many events were filled in, 0 after the timeout; or an errno.</returns>
    /// <remarks>Errors: <c>EINTR</c>, not retried: the timeout is stale, compute it again. Blocks:
    /// up to the timeout. Allocates: nothing. Threads: safe, with a buffer each. Since: Linux 2.6.
    /// </remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/epoll_wait.2.html">epoll_wait(2)</seealso>
    public static SysResult EpollWait(BorrowedFd epoll, EpollEventBuffer events, int timeoutMs)
    {
        SysResult result = SysResult.FromReturn(
            Libc.epoll_wait(epoll.Raw, events.Start, events.Capacity, timeoutMs));
        GC.KeepAlive(events); // The finalizer must not free the memory under the kernel.
        return result;
    }

    private static SysResult EpollControl(
        BorrowedFd epoll, int operation, BorrowedFd fd, EpollEvents events, ulong token)
    {
        byte* native = stackalloc byte[EpollEventLayout.SizeMax];
        Unsafe.WriteUnaligned(native, (uint)events);
        Unsafe.WriteUnaligned(native + EpollEventLayout.TokenOffset, token);
        SysResult result;
        do
        {
            result = SysResult.FromReturn(Libc.epoll_ctl(epoll.Raw, operation, fd.Raw, native));
        }
        while (result.Errno == Errno.EINTR);

        return result;
    }
}

internal static partial class Libc
{
    internal const int EPOLL_CTL_ADD = 1;
    internal const int EPOLL_CTL_DEL = 2;
    internal const int EPOLL_CTL_MOD = 3;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int epoll_ctl(int epfd, int op, int fd, byte* epoll_event);

    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int epoll_wait(
        int epfd, byte* events, int maxevents, int timeout);
}
