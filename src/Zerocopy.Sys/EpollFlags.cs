// What epoll can watch for and report.
namespace Zerocopy.Sys;

/// <summary>Flags of <see cref="Syscall.EpollCreate"/>.</summary>
[Flags]
public enum EpollCreateFlags : int
{
    /// <summary>Inherited by child processes.</summary>
    None = 0,

    /// <summary><c>EPOLL_CLOEXEC</c>.</summary>
    CloseOnExec = 0x80000,
}

/// <summary>Events to watch for, events reported, and how to report them.</summary>
/// <seealso href="https://man7.org/linux/man-pages/man2/epoll_ctl.2.html">epoll_ctl(2)</seealso>
[Flags]
public enum EpollEvents : uint
{
    /// <summary>Nothing but <see cref="Error"/> and <see cref="HangUp"/>.</summary>
    None = 0,

    /// <summary><c>EPOLLIN</c>: something to read, the end included.</summary>
    In = 1,

    /// <summary><c>EPOLLPRI</c>: urgent data.</summary>
    Priority = 2,

    /// <summary><c>EPOLLOUT</c>: room to write.</summary>
    Out = 4,

    /// <summary><c>EPOLLERR</c>, a result: an error waits, or a pipe has lost its reader.</summary>
    Error = 8,

    /// <summary><c>EPOLLHUP</c>, a result: both directions are closed, or a pipe has lost its
    /// writers.</summary>
    HangUp = 0x10,

    /// <summary><c>EPOLLRDHUP</c>: the peer will send no more.</summary>
    ReadHangUp = 0x2000,

    /// <summary><c>EPOLLEXCLUSIVE</c>: wake only some of the waiters.</summary>
    Exclusive = 1u << 28,

    /// <summary><c>EPOLLONESHOT</c>: report once, then wait for a modify.</summary>
    OneShot = 1u << 30,

    /// <summary><c>EPOLLET</c>: report changes, not states.</summary>
    EdgeTriggered = 1u << 31,
}
