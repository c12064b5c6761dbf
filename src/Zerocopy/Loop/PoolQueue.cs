namespace Zerocopy;

/// <summary>The way from here to the thread pool, which survives that the pool cannot start a thread.</summary>
/// <remarks>A new thread of the runtime needs descriptors. With none left queueing throws OutOfMemoryException, but
/// only after the item is in the queue: what is missing is a worker. So a loop asks again until there is one; letting
/// the exception out would end the loop and with it every transfer.</remarks>
internal static class PoolQueue
{
    private static readonly Nudge s_nudge = new();
    private static volatile bool s_isStarved;

    /// <summary>True while an item may lie in the pool's queue with no worker to run it.</summary>
    internal static bool IsStarved => s_isStarved;

    internal static void Add(IThreadPoolWorkItem item)
    {
        try
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false);
        }
        catch (OutOfMemoryException)
        {
            s_isStarved = true;
            EventLoop.WakeAny(); // All of them may sleep, and for long.
        }
    }

    /// <summary>Loads the assembly that the pool is in, which takes descriptors. Here that may fail; on a loop it must
    /// not.</summary>
    internal static void Prepare() => _ = ThreadPool.ThreadCount;

    /// <summary>Asks for a worker once more.</summary>
    internal static void Retry()
    {
        s_isStarved = false;
        Add(s_nudge);
    }

    private sealed class Nudge : IThreadPoolWorkItem
    {
        public void Execute()
        {
            // Being run is all it is for.
        }
    }
}
