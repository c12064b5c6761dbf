namespace Zerocopy;

/// <summary>The home, on the thread pool, of one operation that must not run on a loop: a timer of its own, a token for
/// the operations of its streams, and the context in which they are called.</summary>
/// <param name="context">That of whoever began it; null if no code of the program is called.</param>
internal class PoolHome(ExecutionContext? context) : Home
{
    private readonly CancellationTokenSource _streams = new();
    private Exception? _callbackFailure;
    private Timer? _timer;

    internal override MoveResources Resources => MoveResources.Shared;

    internal override CancellationToken StreamCancellation => _streams.Token;

    internal override Exception? CallbackFailure => _callbackFailure;

    internal override void Enqueue(LoopWork work) => PoolQueue.Add((IThreadPoolWorkItem)work);

    internal override void Arm(LoopWork work, long dueMs, long nowMs)
    {
        if (dueMs != long.MaxValue)
        {
            _timer ??= new Timer(static work => ((LoopWork)work!).Post(), work, -1, -1);
            _ = _timer.Change(Math.Max(dueMs - nowMs, 1), Timeout.Infinite);
        }
        else
        {
            _ = _timer?.Change(Timeout.Infinite, Timeout.Infinite);
        }
    }

    internal override void Complete(IThreadPoolWorkItem work) => work.Execute();

    /// <summary>Calls code of the program as that of whoever began the operation: its AsyncLocals, its
    /// activity.</summary>
    internal override void Run(ContextCallback turn, object work)
    {
        if (context is null)
        {
            turn(work);
        }
        else
        {
            ExecutionContext.Run(context, turn, work);
        }
    }

    internal override void CancelStreams()
    {
        try
        {
            _streams.Cancel();
        }
        catch (Exception e)
        {
            _callbackFailure = e is AggregateException { InnerExceptions: [var only] } ? only : e;
        }
    }

    internal override void Leave(LoopWork work)
    {
        _timer?.Dispose();
        _streams.Dispose();
    }
}
