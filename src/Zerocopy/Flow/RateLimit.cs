using System.Diagnostics;

namespace Zerocopy;

/// <summary>A token bucket a tenth of a second deep. What it grants is the length asked for in the next read, so it
/// works for splice as it does for read.</summary>
internal sealed class RateLimit
{
    private const int DepthMs = 100;
    private const int QuantumMs = 10;

    private readonly long _bytesPerSecond;
    private long _creditMilliBytes; // thousandths of a byte
    private long _lastMs;

    internal RateLimit(long bytesPerSecond, long nowMs)
    {
        // A rate beyond what 1000 times fits in a long is no limit at all.
        _bytesPerSecond = Math.Min(bytesPerSecond, long.MaxValue / 2000);
        _lastMs = nowMs;
    }

    /// <summary>When the next grant is due, after one of 0.</summary>
    internal long DueMs { get; private set; }

    /// <summary>How much of <paramref name="length"/> may be read now; 0: come back at <see cref="DueMs"/>.</summary>
    internal int Grant(int length, long nowMs)
    {
        Debug.Assert(length > 0);
        long elapsedMs = Math.Clamp(nowMs - _lastMs, 0, 1000);
        _lastMs = nowMs;
        long depth = Math.Max(_bytesPerSecond * DepthMs, 1000);
        _creditMilliBytes = Math.Min(_creditMilliBytes + (_bytesPerSecond * elapsedMs), depth);

        // Below a quantum it waits, or a slow rate would become a read for every byte.
        long quantum = Math.Clamp(_bytesPerSecond * QuantumMs, 1000, 1000L * BlockPool.LargeBytes);
        quantum = Math.Min(quantum, 1000L * length);
        if (_creditMilliBytes < quantum)
        {
            DueMs = nowMs + Math.Max(1, (quantum - _creditMilliBytes + _bytesPerSecond - 1) / _bytesPerSecond);
            return 0;
        }

        return (int)Math.Min(length, _creditMilliBytes / 1000);
    }

    /// <summary>Charges what a read took.</summary>
    internal void Charge(int count)
        => _creditMilliBytes -= 1000L * count;
}
