using System.Diagnostics;

namespace Zerocopy;

/// <summary>What is looked at ten times a second, because no event may ever tell that it was closed.</summary>
/// <remarks>Two rings, whose links run through what is watched. Most hold a lease and are woken by nearly every
/// dispose; of those a quarter is looked at each time, counted from the most that there were in this round of four, so
/// that it is each one's turn within a second, however their number changes. All others are looked at every time. It
/// has no lock: a loop's belongs to the loop's thread.</remarks>
internal sealed class Watchdog
{
    internal const int EveryMs = 100;

    private const int Parts = 4;

    private Watched? _always;
    private Watched? _inTurn;
    private int _inTurnCount;
    private int _most; // Of this round.
    private int _partsLeft;
    private long _dueMs;

    /// <summary>How long it may sleep; -1 when there is nothing to look at.</summary>
    internal int NextTimeoutMs(long nowMs) => IsEmpty ? -1 : (int)Math.Max(_dueMs - nowMs, 0);

    private bool IsEmpty => _always is null && _inTurn is null;

    /// <param name="watched">In no watchdog.</param>
    /// <param name="inTurn">An event tells nearly every time.</param>
    /// <param name="nowMs">The caller's clock.</param>
    internal void Add(Watched watched, bool inTurn, long nowMs)
    {
        if (IsEmpty)
        {
            _dueMs = nowMs + EveryMs;
        }

        watched.IsInTurn = inTurn;
        Append(ref RingOf(watched), watched);
        _inTurnCount += inTurn ? 1 : 0;
    }

    internal void Remove(Watched watched)
    {
        Debug.Assert(watched.IsWatched);
        _inTurnCount -= watched.IsInTurn ? 1 : 0;
        ref Watched? ring = ref RingOf(watched);
        if (watched.Next == watched)
        {
            ring = null;
        }
        else
        {
            watched.Previous!.Next = watched.Next;
            watched.Next!.Previous = watched.Previous;
            ring = ring == watched ? watched.Next : ring;
        }

        watched.Next = null;
        watched.Previous = null;
    }

    /// <summary>Looks, if it is time.</summary>
    internal void Run(long nowMs)
    {
        if (IsEmpty || nowMs < _dueMs)
        {
            return;
        }

        _dueMs = nowMs + EveryMs;
        _most = Math.Max(_partsLeft > 0 ? _most : 0, _inTurnCount);
        _partsLeft = (_partsLeft > 0 ? _partsLeft : Parts) - 1;
        for (int left = Math.Min((_most + Parts - 1) / Parts, _inTurnCount); left > 0 && _inTurn is { } first; left--)
        {
            _inTurn = first.Next; // It goes to the end of the ring, or out of it.
            first.LookAtIt();
        }

        Watched? last = _always?.Previous;
        for (Watched? next = _always; next is not null;)
        {
            Watched watched = next;
            next = watched == last ? null : watched.Next;
            watched.LookAtIt();
        }
    }

    private ref Watched? RingOf(Watched watched)
    {
        if (watched.IsInTurn)
        {
            return ref _inTurn;
        }

        return ref _always;
    }

    private static void Append(ref Watched? ring, Watched watched)
    {
        Debug.Assert(!watched.IsWatched);
        if (ring is null)
        {
            ring = watched;
            watched.Next = watched;
            watched.Previous = watched;
            return;
        }

        watched.Next = ring;
        watched.Previous = ring.Previous;
        ring.Previous!.Next = watched;
        ring.Previous = watched;
    }
}
