namespace Zerocopy;

/// <summary>What an operation needs that is at home on the thread pool and not on a loop: a timer of its own, a token
/// for the operations of its streams, and the context in which they are called.</summary>
/// <param name="operation">Whose home it is.</param>
/// <param name="context">That of whoever began it; null if no code of the program is called.</param>
internal sealed class PoolHome(LoopWork operation, ExecutionContext? context) : IDisposable
{
    private readonly CancellationTokenSource _streams = new();
    private Timer? _timer;

    internal CancellationToken StreamCancellation => _streams.Token;

    /// <summary>Posts the operation at <paramref name="dueMs"/>, never if that is <see
    /// cref="long.MaxValue"/>.</summary>
    internal void Arm(long dueMs, long nowMs)
    {
        if (dueMs != long.MaxValue)
        {
            _timer ??= new Timer(static work => ((LoopWork)work!).Post(), operation, -1, -1);
            _ = _timer.Change(Math.Max(dueMs - nowMs, 1), Timeout.Infinite);
        }
        else
        {
            _ = _timer?.Change(Timeout.Infinite, Timeout.Infinite);
        }
    }

    /// <summary>What a callback threw that a stream had registered with its token; null if none did.</summary>
    internal Exception? CallbackFailure { get; private set; }

    /// <summary>Calls code of the program as that of whoever began the operation: its AsyncLocals, its
    /// activity.</summary>
    internal void Run(ContextCallback turn)
    {
        if (context is null)
        {
            turn(operation);
        }
        else
        {
            ExecutionContext.Run(context, turn, operation);
        }
    }

    /// <summary>Ends what streams are still doing.</summary>
    internal void CancelStreams()
    {
        try
        {
            _streams.Cancel();
        }
        catch (Exception e)
        {
            CallbackFailure = e is AggregateException { InnerExceptions: [var only] } ? only : e;
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _streams.Dispose();
    }
}
