using System.Diagnostics;

namespace Zerocopy;

/// <summary>The home of a transfer from a file to a descriptor: that descriptor's loop as long as what is next of the
/// file is in memory, and the thread pool for a turn that may wait for the disk. Decision 30.</summary>
/// <remarks>Where a turn is to be is settled when it is queued, by what the turn before has found, and nobody else has
/// the operation then. What it holds is the pool's, which any thread may use.</remarks>
/// <param name="host">The loop.</param>
internal sealed class FileHome(FlowHost host) : PoolHome(context: null)
{
    private Turns _turns;

    private enum Turns
    {
        /// <summary>The next one on the loop.</summary>
        OnLoop,

        /// <summary>The next one on the pool, and then on the loop again.</summary>
        OnceOnPool,

        /// <summary>All that come.</summary>
        OnPool,
    }

    /// <summary>True in a turn on the loop, where no call may wait for the disk.</summary>
    internal bool IsOnLoop => host.Loop.IsCurrent;

    internal override void Enqueue(LoopWork work)
    {
        Turns turns = _turns;
        if (turns == Turns.OnLoop)
        {
            host.Enqueue(work);
            return;
        }

        _turns = turns == Turns.OnceOnPool ? Turns.OnLoop : turns; // First: once it is queued it is another thread's.
        base.Enqueue(work);
    }

    /// <summary>By where this turn was, whoever posts late.</summary>
    internal override void Complete(IThreadPoolWorkItem work)
    {
        if (IsOnLoop)
        {
            host.Complete(work);
        }
        else
        {
            base.Complete(work);
        }
    }

    /// <summary>In a turn on the loop: the next one is for the pool.</summary>
    /// <param name="forGood">And every later one.</param>
    internal void LeaveLoop(bool forGood)
    {
        Debug.Assert(IsOnLoop && _turns == Turns.OnLoop);
        _turns = forGood ? Turns.OnPool : Turns.OnceOnPool;
    }
}
