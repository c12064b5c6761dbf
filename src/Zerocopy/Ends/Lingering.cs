namespace Zerocopy;

/// <summary>The connections that are closed but for this: what their peers still send is read and dropped, so that no
/// reset destroys the tail that is underway to them. Bounded in number and time (decision 0021).</summary>
internal static class Lingering
{
    /// <summary>How long one may last.</summary>
    internal const int TimeoutMs = 2000;

    /// <summary>How many there may be at once; for one more the oldest is reset.</summary>
    internal const int CountMax = 1000;

    private static readonly Lock s_lock = new();
    private static readonly LinkedList<Action> s_resets = new(); // The oldest first.

    /// <summary>One more.</summary>
    /// <param name="one">How to reset it, perhaps at once and on any thread, if it has to make room. Must not
    /// block.</param>
    internal static void Add(LinkedListNode<Action> one)
    {
        Action? oldest = null;
        lock (s_lock)
        {
            s_resets.AddLast(one);
            if (s_resets.Count > CountMax)
            {
                oldest = s_resets.First!.Value;
                s_resets.RemoveFirst();
            }
        }

        ProcessTotals.LingeringBegan();
        oldest?.Invoke();
    }

    /// <summary>Its descriptor is closed.</summary>
    internal static void Remove(LinkedListNode<Action> one)
    {
        lock (s_lock)
        {
            if (one.List is not null) // It may have made room.
            {
                s_resets.Remove(one);
            }
        }

        ProcessTotals.LingeringEnded();
    }
}
