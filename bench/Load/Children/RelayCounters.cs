namespace Zerocopy.Bench.Load.Children;

/// <summary>What the connections of a relay process have done so far. Thread-safe.</summary>
internal sealed class RelayCounters
{
    private readonly object _gate = new();
    private int _active;
    private string? _failure;

    /// <summary>Bytes moved by the kernel alone, client to target, of connections that have ended.</summary>
    internal long Spliced { get; private set; }

    /// <summary>Bytes copied through the process, client to target, of connections that have ended.</summary>
    internal long Buffered { get; private set; }

    internal void Begin()
    {
        lock (_gate)
        {
            _active++;
        }
    }

    internal void End(long spliced, long buffered, string? failure)
    {
        lock (_gate)
        {
            Spliced += spliced;
            Buffered += buffered;
            _failure ??= failure;
            if (--_active == 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    internal void WaitUntilIdle(TimeSpan timeout)
    {
        lock (_gate)
        {
            while (_active > 0)
            {
                if (!Monitor.Wait(_gate, timeout))
                {
                    throw new TimeoutException($"{_active} connections have not ended");
                }
            }

            if (_failure is not null)
            {
                throw new IOException($"a connection failed: {_failure}");
            }
        }
    }
}
