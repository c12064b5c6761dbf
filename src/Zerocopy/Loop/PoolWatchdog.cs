namespace Zerocopy;

/// <summary>The watchdog of all that runs on no loop: one for the process, with one timer. Any thread.</summary>
internal static class PoolWatchdog
{
    private static readonly Lock s_lock = new(); // Held while it looks: what was removed is not looked at any more.
    private static readonly Watchdog s_watchdog = new();
    private static Timer? s_timer;

    internal static void Add(Watched watched)
    {
        lock (s_lock)
        {
            s_timer ??= MakeTimer();
            s_watchdog.Add(watched, inTurn: false, EventLoop.NowMs);
            Arm();
        }
    }

    internal static void Remove(Watched watched)
    {
        lock (s_lock)
        {
            s_watchdog.Remove(watched);
        }
    }

    private static void Look()
    {
        lock (s_lock)
        {
            s_watchdog.Run(EventLoop.NowMs);
            Arm();
        }
    }

    private static void Arm()
        => _ = s_timer!.Change(s_watchdog.NextTimeoutMs(EventLoop.NowMs), Timeout.Infinite); // -1: never.

    private static Timer MakeTimer()
    {
        using (ExecutionContext.SuppressFlow())
        {
            return new Timer(static _ => Look(), null, Timeout.Infinite, Timeout.Infinite);
        }
    }
}
