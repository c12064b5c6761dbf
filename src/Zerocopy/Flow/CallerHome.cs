namespace Zerocopy;

/// <summary>The home of an operation on the thread that called, which waits between the turns. Taken for one call and
/// kept for the next.</summary>
/// <remarks>While it waits, descriptors are leased, so a wait is short: whoever disposes an end whose dispose wakes
/// nobody waits no longer than that. All waits end at the same ticks of the clock, and then nobody leases anything for
/// a moment; or two calls with one handle would hold it in turns for ever.</remarks>
internal sealed class CallerHome : Home
{
    // So often, and for so long, all idle calls let go at once. The clock moves in steps of 4 ms.
    private const int ReleaseEveryMs = 200;
    private const int ReleaseMs = 6;

    private static readonly OperationCache<CallerHome> s_cache = new();

    private readonly BorrowedMemory _borrowed = new();
    private readonly SyncWaiter _waiter = SyncWaiter.Create();
    private CancellationTokenSource? _sockets; // Where there is no kernel to ask, sockets wait by themselves.
    private bool _mayBeWoken;
    private int _threadId;
    private long _dueMs;

    private CallerHome()
    {
    }

    internal override MoveResources Resources => MoveResources.Shared;

    internal override CancellationToken StreamCancellation => _sockets?.Token ?? CancellationToken.None;

    /// <summary>True once the operation's last turn is over.</summary>
    internal bool IsOver { get; private set; }

    /// <param name="mustWake">Another thread may have something for it.</param>
    /// <exception cref="IOException">No descriptor is left to be woken by: now, while there is nothing yet to
    /// undo.</exception>
    internal static CallerHome Take(bool mustWake)
    {
        CallerHome home = s_cache.TryTake() ?? new CallerHome();
        try
        {
            if (mustWake)
            {
                home._waiter.MakeWakeable();
            }
        }
        catch
        {
            s_cache.Give(home);
            throw;
        }

        home._mayBeWoken = mustWake;
        home._threadId = Environment.CurrentManagedThreadId;
        home._dueMs = long.MaxValue;
        home._sockets = Platform.HasKernel ? null : new CancellationTokenSource();
        home.IsOver = false;
        return home;
    }

    /// <summary>The call is over.</summary>
    internal void Give()
    {
        _borrowed.Return();
        _waiter.Forget();
        if (_mayBeWoken)
        {
            _waiter.TakeWake();
        }

        _sockets?.Dispose();
        _sockets = null;
        s_cache.Give(this);
    }

    /// <summary>The caller's pinned memory, until <see cref="Give"/>.</summary>
    internal unsafe Memory<byte> Borrow(byte* start, int length) => _borrowed.Borrow(start, length);

    /// <summary>It asks <see cref="LoopWork.IsQueued"/> once it is awake.</summary>
    internal override void Enqueue(LoopWork work)
    {
        if (Environment.CurrentManagedThreadId != _threadId)
        {
            _waiter.Wake();
        }
    }

    internal override void Arm(LoopWork work, long dueMs, long nowMs) => _dueMs = dueMs;

    internal override void Complete(IThreadPoolWorkItem work) => IsOver = true;

    internal override void CancelStreams() => _sockets?.Cancel();

    /// <summary>Waits for a while for what a flow needs, for a post, or until it is time.</summary>
    /// <param name="ends">Leased; none of a flow that is over.</param>
    /// <param name="flow">That flow.</param>
    /// <returns>False if nothing came.</returns>
    internal bool Wait(ReadOnlySpan<FlowEnd> ends, Flow flow)
    {
        long nowMs = EventLoop.NowMs;
        long sliceMs = ReleaseEveryMs - (nowMs % ReleaseEveryMs) + 1;
        return _waiter.Wait(ends, flow, (int)Math.Clamp(_dueMs - nowMs, 1, sliceMs));
    }

    /// <summary>After a wait that brought nothing, without leases: every idle call is without them now, and a dispose
    /// goes through.</summary>
    internal static void LetOthersClose()
    {
        if (EventLoop.NowMs % ReleaseEveryMs < ReleaseMs)
        {
            Thread.Sleep(ReleaseMs);
        }
    }
}
