using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The seam of a loop: what it asks the kernel, and the clock. A simulated one stands here in
/// tests/Properties.</summary>
internal interface IEpoll : IDisposable
{
    /// <summary>Milliseconds that never go back.</summary>
    long NowMs { get; }

    /// <summary>epoll_ctl(2), EPOLL_CTL_ADD.</summary>
    Errno Add(BorrowedFd fd, EpollEvents events, ulong token);

    /// <summary>EPOLL_CTL_MOD.</summary>
    Errno Modify(BorrowedFd fd, EpollEvents events, ulong token);

    /// <summary>EPOLL_CTL_DEL.</summary>
    Errno Remove(BorrowedFd fd);

    /// <summary>epoll_wait(2), without EINTR.</summary>
    /// <param name="timeoutMs">How long to sleep; -1 until something happens.</param>
    /// <returns>How many events there are, or an errno.</returns>
    SysResult Wait(int timeoutMs);

    /// <summary>One event of the last wait.</summary>
    EpollEvent EventAt(int index);

    /// <summary>Ends the wait that is going on, or the next one. Any thread.</summary>
    void Interrupt();
}
