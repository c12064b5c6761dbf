using System.Diagnostics;

namespace Zerocopy;

/// <summary>Deadlines of one loop, 8 ms coarse, armed and disarmed in constant time without allocating.</summary>
/// <remarks>
/// <para>A bucket holds what is due at its tick of this or of a later revolution (2 s). Of each bucket, and of all of
/// them, a bound is known: nothing there is due earlier. So a deadline of ten minutes wakes nobody before. A bound may
/// be too early, after its node was disarmed: that costs one wake, which makes it exact again. It is never too
/// late.</para>
/// <para>Not thread-safe: the loop's thread alone touches it.</para>
/// </remarks>
internal sealed class TimerWheel
{
    internal const int TickMs = 8;

    private const int BucketsCount = 256;
    private const long Never = long.MaxValue;

    private readonly TimerNode[] _buckets = new TimerNode[BucketsCount];
    private readonly long[] _boundOf = new long[BucketsCount]; // Never: the bucket is empty.
    private long _nextTick = Never; // The bound of all buckets.
    private long _tick;
    private int _count;

    internal TimerWheel(long nowMs)
    {
        _tick = nowMs / TickMs;
        for (int i = 0; i < BucketsCount; i++)
        {
            _buckets[i] = new TimerNode();
            _boundOf[i] = Never;
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

        int bucket = BucketOf(dueTick);
        node.DueTick = dueTick;
        node.LinkBefore(_buckets[bucket]);
        _boundOf[bucket] = Math.Min(_boundOf[bucket], dueTick);
        _nextTick = Math.Min(_nextTick, dueTick);
        _count++;
    }

    internal void Disarm(TimerNode node)
    {
        if (node.IsArmed)
        {
            int bucket = BucketOf(node.DueTick);
            node.Unlink();
            _count--;
            _boundOf[bucket] = _buckets[bucket].IsArmed ? _boundOf[bucket] : Never;
            _nextTick = _count > 0 ? _nextTick : Never;
        }
    }

    /// <summary>Posts what is due by now.</summary>
    internal void Advance(long nowMs)
    {
        long nowTick = nowMs / TickMs;
        long firstTick = Math.Max(Math.Max(_tick + 1, _nextTick), nowTick - BucketsCount + 1);
        _tick = Math.Max(_tick, nowTick);
        if (nowTick < _nextTick)
        {
            return;
        }

        for (long tick = firstTick; tick <= nowTick; tick++) // One revolution visits every bucket.
        {
            if (_boundOf[BucketOf(tick)] <= nowTick)
            {
                Post(BucketOf(tick), nowTick);
            }
        }

        _nextTick = Never;
        foreach (long bound in _boundOf)
        {
            _nextTick = Math.Min(_nextTick, bound);
        }

        Debug.Assert(_nextTick > nowTick);
    }

    /// <summary>How long the loop may sleep: until something is due; -1 when nothing ever is.</summary>
    internal int NextTimeoutMs(long nowMs)
        => _count == 0 ? -1 : (int)Math.Clamp((_nextTick * TickMs) - nowMs, 0, int.MaxValue);

    private static int BucketOf(long tick) => (int)(tick % BucketsCount);

    private void Post(int bucket, long nowTick)
    {
        TimerNode head = _buckets[bucket];
        long bound = Never;
        for (TimerNode node = head.Next; node != head;)
        {
            TimerNode next = node.Next;
            if (node.DueTick <= nowTick)
            {
                Disarm(node);
                node.Work!.Post();
            }
            else
            {
                bound = Math.Min(bound, node.DueTick);
            }

            node = next;
        }

        _boundOf[bucket] = bound;
    }
}
