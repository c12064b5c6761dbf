using System.Diagnostics;

namespace Zerocopy;

/// <summary>Whoever runs flows in turns, and so waits for their ends.</summary>
internal abstract class FlowRunner : LoopWork
{
    /// <summary>The loop whose thread runs its turns; null if they run elsewhere.</summary>
    internal abstract FlowHost? Host { get; }

    /// <summary>True if it asks its descriptors itself what is ready, between its turns: nobody need tell it.</summary>
    internal virtual bool Polls => false;

    /// <summary>True in a turn in which no call may wait for the disk.</summary>
    internal virtual bool MustNotWait => false;

    internal virtual MoveResources Resources => Host!.Resources;

    /// <summary>Cancels what streams are still doing.</summary>
    internal virtual CancellationToken StreamCancellation => CancellationToken.None;

    /// <summary>On the thread of its host, while it collects events: an end has new marks.</summary>
    internal abstract void OnMarks();

    /// <summary>In a turn in which no call may wait: in the next one they may.</summary>
    /// <param name="forGood">And in every later one, because nobody knows whether they would.</param>
    internal virtual void AwaitDisk(bool forGood) => throw new UnreachableException();

    /// <summary>Leases what can be leased.</summary>
    internal virtual void EnterEnds()
    {
    }

    internal virtual void ExitEnds()
    {
    }

    /// <summary>Has what no event tells of looked at, by the watchdog of where its turns run.</summary>
    internal void Watch(Watched watched)
    {
        if (Host is { } host)
        {
            host.Watches.Watch(watched);
        }
        else
        {
            PoolWatchdog.Add(watched);
        }
    }

    internal void Unwatch(Watched watched)
    {
        if (Host is { } host)
        {
            host.Watches.Unwatch(watched);
        }
        else
        {
            PoolWatchdog.Remove(watched);
        }
    }
}
