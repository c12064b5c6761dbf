namespace Zerocopy;

/// <summary>How long flows have not moved a byte. A field of its user.</summary>
internal struct IdleClock
{
    private long _bytes;
    private long _sinceMs;
    private int _timeoutMs;

    /// <summary>When it is too long, or <see cref="long.MaxValue"/>.</summary>
    internal readonly long DueMs => _timeoutMs >= 0 ? _sinceMs + _timeoutMs : long.MaxValue;

    /// <param name="timeoutMs">How long nothing may move, or -1.</param>
    /// <param name="nowMs">The caller's clock.</param>
    internal void Begin(int timeoutMs, long nowMs)
    {
        _bytes = 0;
        _sinceMs = nowMs;
        _timeoutMs = timeoutMs;
    }

    /// <summary>A timeout as clocks here count it; -1 for none.</summary>
    internal static int Milliseconds(TimeSpan timeout)
        => timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Max(1, timeout.TotalMilliseconds);

    /// <summary>After each turn.</summary>
    /// <param name="bytesMoved">Grows with every byte.</param>
    /// <param name="isRateLimited">To wait for the limiter is not to idle.</param>
    /// <param name="nowMs">The caller's clock.</param>
    /// <returns>True if nothing has moved for too long.</returns>
    internal bool IsOver(long bytesMoved, bool isRateLimited, long nowMs)
    {
        if (bytesMoved != _bytes || isRateLimited)
        {
            _bytes = bytesMoved;
            _sinceMs = nowMs;
            return false;
        }

        return _timeoutMs >= 0 && nowMs - _sinceMs >= _timeoutMs;
    }
}
