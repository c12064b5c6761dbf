using System.Diagnostics;

namespace Zerocopy;

/// <summary>What a loop looks at ten times a second, because no event may ever tell that it was closed.</summary>
/// <remarks>Two rings, whose links run through the registrations. Most hold a lease and are woken by nearly every
/// dispose; of those a quarter is looked at each time, counted from the most that there were in this round of four, so
/// that it is each one's turn within a second, however their number changes. All others are looked at every
/// time.</remarks>
internal sealed class Sweep
{
    internal const int EveryMs = 100;

    private const int Parts = 4;

    private Registration? _always;
    private Registration? _inTurn;
    private int _inTurnCount;
    private int _most; // Of this round.
    private int _partsLeft;
    private long _dueMs;

    /// <summary>How long the loop may sleep; -1 when there is nothing to look at.</summary>
    internal int NextTimeoutMs(long nowMs) => IsEmpty ? -1 : (int)Math.Max(_dueMs - nowMs, 0);

    private bool IsEmpty => _always is null && _inTurn is null;

    internal void Add(Registration registration, long nowMs)
    {
        if (IsEmpty)
        {
            _dueMs = nowMs + EveryMs;
        }

        registration.IsAlwaysSwept = registration.IsUntold;
        Append(ref RingOf(registration), registration);
        _inTurnCount += registration.IsAlwaysSwept ? 0 : 1;
    }

    internal void Remove(Registration registration)
    {
        _inTurnCount -= registration.IsAlwaysSwept ? 0 : 1;
        ref Registration? ring = ref RingOf(registration);
        if (registration.NextSwept == registration)
        {
            ring = null;
        }
        else
        {
            registration.PreviousSwept!.NextSwept = registration.NextSwept;
            registration.NextSwept!.PreviousSwept = registration.PreviousSwept;
            ring = ring == registration ? registration.NextSwept : ring;
        }

        registration.NextSwept = null;
        registration.PreviousSwept = null;
    }

    /// <summary>Something has changed in what can tell of it.</summary>
    internal void Review(Registration registration, long nowMs)
    {
        if (registration.IsAlwaysSwept != registration.IsUntold)
        {
            Remove(registration);
            Add(registration, nowMs);
        }
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
            _inTurn = first.NextSwept; // It goes to the end of the ring, or out of it.
            _ = first.Look();
        }

        Registration? last = _always?.PreviousSwept;
        for (Registration? next = _always; next is not null;)
        {
            Registration registration = next;
            next = registration == last ? null : registration.NextSwept;
            _ = registration.Look();
        }
    }

    private ref Registration? RingOf(Registration registration)
    {
        if (registration.IsAlwaysSwept)
        {
            return ref _always;
        }

        return ref _inTurn;
    }

    private static void Append(ref Registration? ring, Registration registration)
    {
        Debug.Assert(registration.NextSwept is null);
        if (ring is null)
        {
            ring = registration;
            registration.NextSwept = registration;
            registration.PreviousSwept = registration;
            return;
        }

        registration.NextSwept = ring;
        registration.PreviousSwept = ring.PreviousSwept;
        ring.PreviousSwept!.NextSwept = registration;
        ring.PreviousSwept = registration;
    }
}
