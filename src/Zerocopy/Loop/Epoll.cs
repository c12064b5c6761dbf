using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The seam's real side: an epoll instance, and an eventfd that ends its waits.</summary>
internal sealed class Epoll : IEpoll
{
    private const int EventsMax = 256;

    // NowMs moves in steps of so many milliseconds on nearly every kernel (CONFIG_HZ), wherever these have begun.
    private const int ClockStepMs = 4;
    private const ulong OfInterrupt = ulong.MaxValue; // No slot has this token.

    private readonly EpollEventBuffer _events = new(EventsMax);
    private readonly OwnedFd _epoll;
    private readonly OwnedFd _eventFd;

    internal Epoll()
    {
        _epoll = Made(Syscall.EpollCreate(EpollCreateFlags.CloseOnExec), "epoll_create1");
        _eventFd = Made(Syscall.EventFd(0, EventFdFlags.CloseOnExec | EventFdFlags.NonBlocking), "eventfd");

        // Nobody takes the counter: each write is an edge, and it takes 2^64 of them to fill it. An eventfd can nearly
        // always be written, so that is not asked for: each write would be an edge of that too.
        Errno error = Add(_eventFd.Borrow(), EpollEvents.In | EpollEvents.EdgeTriggered, OfInterrupt);
        if (error != 0)
        {
            throw ThrowHelper.Kernel("epoll_ctl", (int)error);
        }
    }

    public long NowMs => EventLoop.NowMs;

    public Errno Add(BorrowedFd fd, EpollEvents events, ulong token)
        => Syscall.EpollAdd(_epoll.Borrow(), fd, events, token).Errno;

    public Errno Modify(BorrowedFd fd, EpollEvents events, ulong token)
        => Syscall.EpollModify(_epoll.Borrow(), fd, events, token).Errno;

    public Errno Remove(BorrowedFd fd) => Syscall.EpollRemove(_epoll.Borrow(), fd).Errno;

    /// <summary>Waits whole steps of the clock: after a part of one it may not show yet what was waited for, and the
    /// loop would wake twice.</summary>
    public SysResult Wait(int timeoutMs)
    {
        bool isRounded = timeoutMs is > 0 and < int.MaxValue - ClockStepMs;
        int steps = (timeoutMs + ClockStepMs - 1) / ClockStepMs;
        return Syscall.EpollWait(_epoll.Borrow(), _events, isRounded ? steps * ClockStepMs : timeoutMs);
    }

    public EpollEvent EventAt(int index) => _events[index];

    public void Interrupt()
    {
        if (FdLease.TryAcquire(_eventFd, out FdLease lease)) // A loop that stops closes it, perhaps at this moment.
        {
            _ = Syscall.EventFdSignal(lease.Fd);
            lease.Release();
        }
    }

    public void Dispose()
    {
        _eventFd.Dispose();
        _epoll.Dispose();
        _events.Dispose();
    }

    private static OwnedFd Made(SysResult made, string call)
        => made.IsError ? throw ThrowHelper.Kernel(call, (int)made.Errno) : OwnedFd.FromRaw((int)made.Value);
}
