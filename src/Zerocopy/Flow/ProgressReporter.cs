namespace Zerocopy;

/// <summary>Brings the latest counts to the user's <see cref="IProgress{T}"/>, on the thread pool, one call at a time, in
/// the context of whoever began the transfer.</summary>
/// <param name="progress">The user's.</param>
/// <param name="owner">Posted if that throws, because it ends the transfer; null in a sync one, which looks now and
/// then.</param>
internal sealed class ProgressReporter(IProgress<TransferProgress> progress, LoopWork? owner) : IThreadPoolWorkItem
{
    private const int IntervalMs = 100;

    private readonly Lock _reporting = new();
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private TransferProgress _latest;
    private TransferProgress _reported;
    private long _dueMs;
    private int _isQueued;
    private bool _isFinished;
    private volatile Exception? _failure;

    /// <summary>What it threw. It is not told anything afterwards.</summary>
    internal Exception? Failure => _failure;

    /// <summary>When there will be something to report, or <see cref="long.MaxValue"/>.</summary>
    internal long NextDueMs(in FlowCounters counters)
        => new TransferProgress(counters.Consumed, counters.Written) == _reported ? long.MaxValue : _dueMs;

    /// <summary>After a turn: queues a report if there is news and the last is long enough ago.</summary>
    internal void Update(in FlowCounters counters, long nowMs)
    {
        if (NextDueMs(counters) > nowMs || Interlocked.Exchange(ref _isQueued, 1) == 1)
        {
            return;
        }

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
            Volatile.Write(ref _isQueued, 0);
            if (_isFinished)
            {
                return; // And the owner may be another transfer's already.
            }

            Report();
            if (_failure is not null)
            {
                owner?.Post();
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
