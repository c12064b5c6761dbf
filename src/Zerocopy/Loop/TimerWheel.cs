using System.Diagnostics;

namespace Zerocopy;

/// <summary>Deadlines of one loop, 8 ms coarse, armed and disarmed in constant time without allocating.</summary>
/// <remarks>A bucket holds what is due at its tick of this or of a later revolution (2 s). Not thread-safe: the loop's
/// thread alone touches it.</remarks>
internal sealed class TimerWheel
{
    internal const int TickMs = 8;

    private const int BucketsCount = 256;

    private readonly TimerNode[] _buckets = new TimerNode[BucketsCount];
    private long _tick;
    private int _count;

    internal TimerWheel(long nowMs)
    {
        _tick = nowMs / TickMs;
        for (int i = 0; i < BucketsCount; i++)
        {
            _buckets[i] = new TimerNode();
        }
    }

    internal int Count => _count;

    /// <summary>Makes <paramref name="node"/> due at <paramref name="dueMs"/>, never early, instead of whenever it
    /// was due.</summary>
    internal void Arm(TimerNode node, long dueMs)
    {
        Debug.Assert(node.Work is not null);
        long dueTick = Math.Max((dueMs + TickMs - 1) / TickMs, _tick + 1);
        if (node.IsArmed)
        {
            if (node.DueTick == dueTick)
            {
                return;
            }

            Disarm(node);
        }

        node.DueTick = dueTick;
        node.LinkBefore(_buckets[dueTick % BucketsCount]);
        _count++;
    }

    internal void Disarm(TimerNode node)
    {
        if (node.IsArmed)
        {
            node.Unlink();
            _count--;
        }
    }

    /// <summary>Posts what is due by now.</summary>
    internal void Advance(long nowMs)
    {
        long nowTick = nowMs / TickMs;
        if (nowTick - _tick > BucketsCount)
        {
            _tick = nowTick - BucketsCount; // One revolution visits every bucket.
        }

        while (_tick < nowTick)
        {
            _tick++;
            TimerNode bucket = _buckets[_tick % BucketsCount];
            for (TimerNode node = bucket.Next; node != bucket;)
            {
                TimerNode next = node.Next;
                if (node.DueTick <= nowTick)
                {
                    Disarm(node);
                    node.Work!.Post();
                }

                node = next;
            }
        }
    }

    /// <summary>How long the loop may sleep: to the next bucket that holds something; -1 when all are empty.</summary>
    internal int NextTimeoutMs(long nowMs)
    {
        if (_count == 0)
        {
            return -1;
        }

        for (long tick = _tick + 1; ; tick++)
        {
            Debug.Assert(tick <= _tick + BucketsCount);
            TimerNode bucket = _buckets[tick % BucketsCount];
            if (bucket.Next != bucket)
            {
                return (int)Math.Max((tick * TickMs) - nowMs, 0);
            }
        }
    }
}
