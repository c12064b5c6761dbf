namespace Zerocopy;

/// <summary>The home of a transfer from a file to a descriptor: that descriptor's loop as long as what is next of the
/// file is in memory, and the thread pool for a turn that may wait for the disk. Decision 30.</summary>
/// <remarks>Where a turn is to be is settled when it is queued, by what the turn before has found, and nobody else has
/// the operation then. What it holds is the pool's, which any thread may use.</remarks>
/// <param name="host">The loop.</param>
internal sealed class FileHome(FlowHost host) : PoolHome(context: null)
{
    private bool _isNextOnPool;
    private bool _isOnPoolForGood;

    /// <summary>True if this turn is on the loop, where no call may wait for the disk.</summary>
    internal bool IsOnLoop { get; private set; }

    internal override void Enqueue(LoopWork work)
    {
        IsOnLoop = !_isNextOnPool && !_isOnPoolForGood;
        _isNextOnPool = false;
        if (IsOnLoop)
        {
            host.Enqueue(work);
        }
        else
        {
            base.Enqueue(work);
        }
    }

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
        _isNextOnPool = true;
        _isOnPoolForGood |= forGood;
    }
}
