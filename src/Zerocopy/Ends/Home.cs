namespace Zerocopy;

/// <summary>Where the turns of an operation run: a loop, the thread pool, or the thread that called.</summary>
internal abstract class Home
{
    internal abstract MoveResources Resources { get; }

    /// <summary>Cancels what streams are still doing.</summary>
    internal virtual CancellationToken StreamCancellation => CancellationToken.None;

    /// <summary>What a callback threw that a stream had registered with that token; null if none did.</summary>
    internal virtual Exception? CallbackFailure => null;

    /// <summary>Sees to it that <paramref name="work"/> gets a turn. Any thread.</summary>
    internal abstract void Enqueue(LoopWork work);

    /// <summary>Posts <paramref name="work"/> at <paramref name="dueMs"/>, never if that is <see
    /// cref="long.MaxValue"/>. In its turns.</summary>
    internal abstract void Arm(LoopWork work, long dueMs, long nowMs);

    /// <summary>Its last turn is over: has the result published.</summary>
    internal abstract void Complete(IThreadPoolWorkItem work);

    /// <summary>Calls what may call code of the program.</summary>
    internal virtual void Run(ContextCallback turn, object work) => turn(work);

    /// <summary>Ends what streams are still doing.</summary>
    internal virtual void CancelStreams()
    {
    }

    /// <summary>Nothing of <paramref name="work"/> is posted by it any more.</summary>
    internal virtual void Leave(LoopWork work)
    {
    }
}
