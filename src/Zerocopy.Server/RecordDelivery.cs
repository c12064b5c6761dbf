namespace Zerocopy.Server;

/// <summary>Brings the records of connections that have ended to whoever listens: on the thread pool, in batches, one at
/// a time. A listener that does not come back holds up nobody, and loses records.</summary>
internal sealed class RecordDelivery(Action<IReadOnlyList<RelayConnection>> listener) : IThreadPoolWorkItem
{
    private const int WaitingMax = 10_000;

    private readonly Lock _lock = new();
    private List<RelayConnection> _waiting = [];
    private bool _isDelivering;
    private long _failures;
    private long _dropped;

    /// <summary>One more, which ends now. Its loop's thread.</summary>
    internal void Add(ConnectionOperation connection)
    {
        lock (_lock)
        {
            if (_waiting.Count == WaitingMax || !TryKeep(connection))
            {
                _dropped++;
                return;
            }

            if (_isDelivering)
            {
                return; // It looks again before it ends.
            }

            _isDelivering = true;
        }

        PoolQueue.Add(this);
    }

    internal void AddTo(RelayServerCounters sum)
    {
        lock (_lock)
        {
            sum.CallbackFailures += _failures;
            sum.RecordsDropped += _dropped;
        }
    }

    public void Execute()
    {
        while (TakeAll() is { Count: > 0 } batch)
        {
            try
            {
                listener(batch);
            }
            catch (Exception) // Of the program's own code, which nobody waits for: counted.
            {
                lock (_lock)
                {
                    _failures++;
                }
            }
        }
    }

    private bool TryKeep(ConnectionOperation connection)
    {
        try
        {
            _waiting.Add(connection.ToRecord());
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false; // A connection ends without it, too.
        }
    }

    private List<RelayConnection> TakeAll()
    {
        lock (_lock)
        {
            List<RelayConnection> batch = _waiting;
            _isDelivering = batch.Count > 0;
            _waiting = [];
            return batch;
        }
    }
}
