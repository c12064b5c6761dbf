using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>An eventfd that ends a loop's sleep. Written only while the loop sleeps, and once per sleep.</summary>
internal sealed class Waker : IReadinessHandler
{
    private readonly OwnedFd _eventFd;
    private int _isAwake = 1;

    internal Waker()
    {
        SysResult made = Syscall.EventFd(0, EventFdFlags.CloseOnExec | EventFdFlags.NonBlocking);
        if (made.IsError)
        {
            throw ThrowHelper.Kernel("eventfd", (int)made.Errno);
        }

        _eventFd = OwnedFd.FromRaw((int)made.Value);
    }

    internal BorrowedFd Fd => _eventFd.Borrow();

    /// <summary>Ends the sleep, or keeps the next one from beginning. Any thread.</summary>
    internal void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 1)
        {
            return;
        }

        _ = Syscall.EventFdSignal(_eventFd.Borrow());
    }

    /// <summary>About to sleep. Whoever posts from here on wakes; what was posted before must be looked for once
    /// more.</summary>
    internal void BeginSleep() => Interlocked.Exchange(ref _isAwake, 0);

    /// <summary>Awake again.</summary>
    internal void EndSleep() => Volatile.Write(ref _isAwake, 1);

    /// <summary>It is awake. The counter is never taken: each write is an edge, and it takes 2^64 of them to fill
    /// it.</summary>
    public void OnReadiness(Readiness readiness)
    {
    }
}
