namespace Zerocopy.Bench.Load.Children;

/// <summary>What the connections of a process have done so far. Thread-safe.</summary>
internal sealed class RelayCounters
{
    private readonly object _gate = new();
    private int _active;
    private ByteCounts _moved;
    private string? _failure;

    internal void Begin()
    {
        lock (_gate)
        {
            _active++;
        }
    }

    internal void End(in ByteCounts moved, string? failure)
    {
        lock (_gate)
        {
            _moved += moved;
            _failure ??= failure;
            if (--_active == 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>The answer to <c>cpu</c>, at once, and to <c>drain</c>, once all connections have ended.</summary>
    internal string Answer(string command)
    {
        if (command == "drain")
        {
            WaitUntilIdle(Address.Patience);
        }

        // By getrusage(2): microseconds, where /proc/PID/stat has hundredths of a second.
        long cpuMicroseconds = (long)Environment.CpuUsage.TotalTime.TotalMicroseconds;
        lock (_gate)
        {
            return $"usage {cpuMicroseconds} {_moved.Spliced} {_moved.Buffered} {_moved.Teed} {_moved.Copied} "
                + $"{_moved.Lagged}";
        }
    }

    private void WaitUntilIdle(TimeSpan timeout)
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
