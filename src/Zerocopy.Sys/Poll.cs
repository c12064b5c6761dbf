// poll: waits for a few descriptors on the caller's thread, or only asks.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

public static unsafe partial class Syscall
{
    /// <summary><c>poll(fds, nfds, timeout)</c>: waits until one of them is ready.</summary>
    /// <param name="fds">What to wait for; the answers are written into it.</param>
    /// <param name="timeoutMs">Milliseconds; 0 returns at once, -1 never gives up.</param>
    /// <returns>How many have an answer, 0 after the timeout; or an errno.</returns>
    /// <remarks>Errors: <c>EINTR</c>, retried only with a timeout of 0: any other is stale, compute it
    /// again. A closed descriptor is no error: it answers <see cref="PollEvents.Invalid"/>. Blocks:
    /// up to the timeout. Allocates: nothing. Threads: safe. Since: always.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</seealso>
    public static SysResult Poll(Span<PollFd> fds, int timeoutMs)
    {
        fixed (PollFd* first = fds)
        {
            SysResult result;
            do
            {
                result = SysResult.FromReturn(Libc.poll(first, (nuint)fds.Length, timeoutMs));
            }
            while (result.Errno == Errno.EINTR && timeoutMs == 0);

            return result;
        }
    }
}

/// <summary>A descriptor to wait for, and the answer (<c>struct pollfd</c>).</summary>
/// <param name="fd">Borrowed for the wait; one that is not valid is skipped.</param>
/// <param name="events">What to wait for; errors and hang-ups always are.</param>
[SuppressMessage("Performance", "CA1815", Justification = "Never compared.")]
[StructLayout(LayoutKind.Sequential)]
public struct PollFd(BorrowedFd fd, PollEvents events)
{
    private readonly int _fd = fd.Raw;
    private readonly PollEvents _events = events;
    private readonly PollEvents _returned = default;

    /// <summary>The descriptor.</summary>
    public readonly BorrowedFd Fd => BorrowedFd.FromRaw(_fd);

    /// <summary>What to wait for.</summary>
    public readonly PollEvents Events => _events;

    /// <summary>What the last wait found.</summary>
    public readonly PollEvents Returned => _returned;
}

/// <summary>Events of <see cref="Syscall.Poll"/>.</summary>
[Flags]
public enum PollEvents : short
{
    /// <summary>Nothing but the results.</summary>
    None = 0,

    /// <summary><c>POLLIN</c>: something to read, the end included.</summary>
    In = 1,

    /// <summary><c>POLLPRI</c>: urgent data.</summary>
    Priority = 2,

    /// <summary><c>POLLOUT</c>: room to write (a pipe: one page).</summary>
    Out = 4,

    /// <summary><c>POLLERR</c>, a result: an error waits, or a pipe has lost its reader.</summary>
    Error = 8,

    /// <summary><c>POLLHUP</c>, a result: both directions are closed, or a pipe has lost its
    /// writers.</summary>
    HangUp = 0x10,

    /// <summary><c>POLLNVAL</c>, a result: not an open descriptor.</summary>
    Invalid = 0x20,

    /// <summary><c>POLLRDHUP</c>: the peer will send no more.</summary>
    ReadHangUp = 0x2000,
}

internal static partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial int poll(PollFd* fds, nuint nfds, int timeout);
}
