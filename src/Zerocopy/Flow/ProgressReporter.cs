namespace Zerocopy;

/// <summary>Brings the latest counts to the user's <see cref="IProgress{T}"/>, on the thread pool, one call at a time,
/// in the context of whoever began the transfer. While one is under way, however long that takes, news waits for its
/// end and nobody is woken for it.</summary>
internal sealed class ProgressReporter(IProgress<TransferProgress> progress) : IThreadPoolWorkItem
{
    private const int IntervalMs = 100;

    private readonly Lock _reporting = new();
    private readonly Lock _waking = new();
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private LoopWork? _owner; // Guarded by _waking.
    private TransferProgress _latest;
    private TransferProgress _reported;
    private long _dueMs;
    private int _state; // A State: on net8.0 no atomic operation takes an enum.
    private bool _isFinished;
    private volatile Exception? _failure;

    private enum State
    {
        Idle,

        /// <summary>In the pool's queue, or being told.</summary>
        UnderWay,

        /// <summary>The same, and the owner wants a turn when that is over: there is news.</summary>
        Awaited,
    }

    /// <summary>What it threw. It is not told anything afterwards.</summary>
    internal Exception? Failure => _failure;

    /// <summary>When there will be something to report, or <see cref="long.MaxValue"/>.</summary>
    internal long NextDueMs(in FlowCounters counters)
    {
        bool isNews = new TransferProgress(counters.Consumed, counters.Written) != _reported;
        return isNews && Interlocked.CompareExchange(ref _state, (int)State.Awaited, (int)State.UnderWay)
            == (int)State.Idle ? _dueMs : long.MaxValue;
    }

    /// <summary>Who waits for the end of a report, from its first turn on; null: nobody any more.</summary>
    internal void TellEndTo(LoopWork? owner)
    {
        lock (_waking)
        {
            _owner = owner;
        }
    }

    /// <summary>After a turn: queues a report if there is news and the last is long enough ago.</summary>
    internal void Update(in FlowCounters counters, long nowMs)
    {
        if (NextDueMs(counters) > nowMs)
        {
            return;
        }

        _state = (int)State.UnderWay;
        _latest = _reported = new TransferProgress(counters.Consumed, counters.Written);
        _dueMs = nowMs + IntervalMs;
        PoolQueue.Add(this);
    }

    /// <summary>The last report, before the result is published. On the thread pool or the caller's thread.</summary>
    /// <returns>What any report threw, or null.</returns>
    internal Exception? Finish(in FlowCounters counters)
    {
        lock (_reporting)
        {
            _isFinished = true;
            _latest = new TransferProgress(counters.Consumed, counters.Written);
            Report();
            return _failure;
        }
    }

    public void Execute()
    {
        lock (_reporting)
        {
            if (!_isFinished)
            {
                Report();
            }
        }

        if (Interlocked.Exchange(ref _state, (int)State.Idle) == (int)State.Awaited || _failure is not null)
        {
            lock (_waking)
            {
                _owner?.Post();
            }
        }
    }

    private void Report()
    {
        try
        {
            if (_failure is null && _context is not null)
            {
                ExecutionContext.Run(_context, static reporter => ((ProgressReporter)reporter!).Tell(), this);
            }
            else if (_failure is null)
            {
                Tell();
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private void Tell() => progress.Report(_latest);
}
