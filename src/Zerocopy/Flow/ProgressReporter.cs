namespace Zerocopy;

/// <summary>Brings the latest counts to the user's <see cref="IProgress{T}"/>, on the thread pool, one call at a
/// time.</summary>
internal sealed class ProgressReporter(IProgress<TransferProgress> progress) : IThreadPoolWorkItem
{
    private const int IntervalMs = 100;

    private readonly Lock _reporting = new();
    private TransferProgress _latest;
    private TransferProgress _reported;
    private long _dueMs;
    private int _isQueued;
    private bool _isFinished;

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
    internal void Finish(in FlowCounters counters)
    {
        lock (_reporting)
        {
            _isFinished = true;
            progress.Report(new TransferProgress(counters.Consumed, counters.Written));
        }
    }

    public void Execute()
    {
        lock (_reporting)
        {
            TransferProgress latest = _latest;
            Volatile.Write(ref _isQueued, 0);
            if (!_isFinished)
            {
                progress.Report(latest);
            }
        }
    }
}
