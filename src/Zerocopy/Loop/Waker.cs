namespace Zerocopy;

/// <summary>Who posts to a sleeping loop ends its sleep: with one system call for each sleep, and none while it is
/// awake.</summary>
internal sealed class Waker(IEpoll epoll)
{
    private int _isAwake = 1;

    /// <summary>Ends the sleep, or keeps the next one from beginning. Any thread.</summary>
    internal void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0)
        {
            epoll.Interrupt();
        }
    }

    /// <summary>About to sleep. Whoever posts from here on wakes; what was posted before must be looked for once
    /// more.</summary>
    internal void BeginSleep() => Interlocked.Exchange(ref _isAwake, 0);

    /// <summary>Awake again.</summary>
    internal void EndSleep() => Volatile.Write(ref _isAwake, 1);
}
