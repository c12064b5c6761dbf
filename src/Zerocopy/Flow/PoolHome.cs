namespace Zerocopy;

/// <summary>What an operation needs that is at home on the thread pool and not on a loop: a timer of its own, and a
/// token for the operations of its streams.</summary>
internal sealed class PoolHome(LoopWork operation) : IDisposable
{
    private readonly CancellationTokenSource _streams = new();
    private Timer? _timer;

    internal CancellationToken StreamCancellation => _streams.Token;

    /// <summary>Posts the operation at <paramref name="dueMs"/>, never if that is <see
    /// cref="long.MaxValue"/>.</summary>
    internal void Arm(long dueMs, long nowMs)
    {
        if (dueMs != long.MaxValue)
        {
            _timer ??= new Timer(static work => ((LoopWork)work!).Post(), operation, -1, -1);
            _ = _timer.Change(Math.Max(dueMs - nowMs, 1), Timeout.Infinite);
        }
        else
        {
            _ = _timer?.Change(Timeout.Infinite, Timeout.Infinite);
        }
    }

    /// <summary>Ends what streams are still doing.</summary>
    internal void CancelStreams() => _streams.Cancel();

    public void Dispose()
    {
        _timer?.Dispose();
        _streams.Dispose();
    }
}
