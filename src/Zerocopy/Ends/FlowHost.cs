namespace Zerocopy;

/// <summary>A loop and what the flows on it share: the home of what epoll can tell of.</summary>
internal sealed class FlowHost(EventLoop loop, MoveResources resources) : Home
{
    internal EventLoop Loop { get; } = loop;

    /// <summary>What it watches of others.</summary>
    internal SharedWatches Watches { get; } = new(loop);

    internal override MoveResources Resources { get; } = resources;

    internal override void Enqueue(LoopWork work) => Loop.Enqueue(work);

    internal override void Arm(LoopWork work, long dueMs, long nowMs)
    {
        if (dueMs != long.MaxValue)
        {
            Loop.Wheel.Arm(work.Timer, dueMs);
        }
        else
        {
            Leave(work);
        }
    }

    // Who awaits it is code of the program: that never runs here.
    internal override void Complete(IThreadPoolWorkItem work) => PoolQueue.Add(work);

    internal override void Leave(LoopWork work)
    {
        if (work.HasDeadline)
        {
            Loop.Wheel.Disarm(work.Timer);
        }
    }
}
