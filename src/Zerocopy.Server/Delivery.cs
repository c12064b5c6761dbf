namespace Zerocopy.Server;

/// <summary>Brings records and warnings to the program's delegates, on a thread of its own that does nothing else: in
/// batches, one call at a time. A delegate that does not come back holds up nobody, and loses what comes
/// after.</summary>
/// <remarks>Not on the thread pool: that may need a new thread just when there is no descriptor left, which a process
/// of .NET does not survive; and just then there is something to tell (decision 0023).</remarks>
internal sealed class Delivery(
    Action<IReadOnlyList<RelayConnection>>? records, Action<RelayServerWarning>? warnings)
{
    private const int WaitingMax = 10_000;
    private const int TroublesMax = 16; // Of each of a few kinds comes one a second.
    private const int RetryMs = 100; // After want of memory.

    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<RelayConnection> _records = [];
    private readonly Queue<Warnings.Trouble> _troubles = new(TroublesMax);
    private bool _isRunning;
    private bool _isOver;
    private long _failures;
    private long _dropped;

    /// <summary>True if somebody wants to know of each connection.</summary>
    internal bool WantsRecords => records is not null;

    internal bool WantsWarnings => warnings is not null;

    /// <summary>Starts the thread, unless it runs, or nobody listens.</summary>
    internal void Start()
    {
        if (!_isRunning && (WantsRecords || WantsWarnings))
        {
            new Thread(Main) { IsBackground = true, Name = "Zerocopy server events" }.UnsafeStart();
            _isRunning = true;
        }
    }

    /// <summary>A connection that ends now. Its loop's thread.</summary>
    internal void Add(ConnectionOperation connection)
    {
        lock (_gate)
        {
            if (_records.Count == WaitingMax || !TryKeep(connection))
            {
                _dropped++;
                return;
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Any thread.</summary>
    internal void Add(in Warnings.Trouble trouble)
    {
        lock (_gate)
        {
            if (_troubles.Count < TroublesMax)
            {
                _troubles.Enqueue(trouble);
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Nothing comes any more.</summary>
    /// <returns>Completes once all of it is delivered.</returns>
    internal Task EndAsync()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.Pulse(_gate);
        }

        return _isRunning ? _ended.Task : Task.CompletedTask;
    }

    internal void AddTo(RelayServerCounters sum)
    {
        lock (_gate)
        {
            sum.CallbackFailures += _failures;
            sum.RecordsDropped += _dropped;
        }
    }

    /// <summary>Delivers what is there.</summary>
    /// <returns>False if there was nothing.</returns>
    internal bool Deliver()
    {
        List<RelayConnection> batch = [];
        Warnings.Trouble[] troubles;
        lock (_gate)
        {
            troubles = [.. _troubles]; // Nothing is taken before there is memory for all of it.
            (batch, _records) = (_records, batch);
            _troubles.Clear();
        }

        if (batch.Count > 0)
        {
            Call(records!, batch);
        }

        foreach (Warnings.Trouble trouble in troubles)
        {
            Call(static told => told.Warnings(told.Trouble.ToWarning()), (Warnings: warnings!, Trouble: trouble));
        }

        return batch.Count + troubles.Length > 0;
    }

    private void Main()
    {
        while (true)
        {
            lock (_gate)
            {
                while (_records.Count + _troubles.Count == 0)
                {
                    if (_isOver)
                    {
                        _ended.SetResult();
                        return;
                    }

                    _ = Monitor.Wait(_gate);
                }
            }

            try
            {
                _ = Deliver();
            }
            catch (OutOfMemoryException)
            {
                Thread.Sleep(RetryMs); // What is there stays there.
            }
        }
    }

    private void Call<T>(Action<T> callback, T news)
    {
        try
        {
            callback(news);
        }
        catch (Exception) // Of the program's own code, which nobody waits for: counted.
        {
            lock (_gate)
            {
                _failures++;
            }
        }
    }

    private bool TryKeep(ConnectionOperation connection)
    {
        try
        {
            _records.Add(connection.ToRecord());
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false; // A connection ends without it, too.
        }
    }
}
