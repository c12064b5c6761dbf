using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Zerocopy;

/// <summary>One flow, awaited: <see cref="Transfer.CopyAsync(TransferEndpoint, TransferEndpoint,
/// CancellationToken)"/>.</summary>
internal sealed class TransferOperation : FlowOperation, IValueTaskSource<TransferResult>
{
    private static readonly OperationCache<TransferOperation> s_cache = new();

    private ManualResetValueTaskSourceCore<bool> _source; // The result itself is still in the flow.
    private bool _keepUndelivered;
    private ReadOnlyMemory<byte> _undelivered;

    private TransferOperation()
        : base(backward: null)
    {
    }

    internal static ValueTask<TransferResult> Start(
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        TransferOptions options,
        CancellationToken token)
    {
        TransferOperation operation = s_cache.TryTake() ?? new TransferOperation();
        operation.Open(source, destination, Milliseconds(options.IdleTimeout));
        operation._keepUndelivered = options.KeepUndelivered;
        operation.Forward.Start(
            operation.Left,
            operation.Right,
            route,
            options,
            options.Prefix,
            operation.Resources,
            EventLoop.NowMs);
        operation.Forward.WatchesDestination = operation.Left != operation.Right;
        ValueTask<TransferResult> task = new(operation, operation._source.Version);
        operation.Begin(token);
        return task;
    }

    /// <summary>A timeout as the flows count it; -1 for none.</summary>
    internal static int Milliseconds(TimeSpan timeout)
        => timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Max(1, timeout.TotalMilliseconds);

    public TransferResult GetResult(short token)
    {
        try
        {
            _ = _source.GetResult(token);
            return Forward.ToResult();
        }
        finally
        {
            _source.Reset();
            Forward.Forget();
            if (IsReusable)
            {
                s_cache.Give(this);
            }
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);

    private protected override bool IsOver(long nowMs) => Forward.IsEnded;

    private protected override void OnRequests(Requests requests) => StopFlows(TransferEnd.Canceled);

    private protected override void OnIdle() => StopFlows(TransferEnd.IdleTimeout);

    private protected override void Conclude()
    {
        bool endedWell = Forward.End is TransferEnd.EndOfStream or TransferEnd.LimitReached;
        _undelivered = Forward.Release(_keepUndelivered && !endedWell);
    }

    private protected override void Publish()
    {
        Forward.FinishReport();
        Exception? failure = FailureOf(Forward, _undelivered, Token);
        _undelivered = default;
        CloseEnds();
        if (failure is null)
        {
            _source.SetResult(true);
        }
        else
        {
            _source.SetException(failure);
        }
    }

    /// <summary>What a transfer throws for the end of its flow; null where it ended well.</summary>
    internal static Exception? FailureOf(Flow flow, ReadOnlyMemory<byte> undelivered, CancellationToken token)
    {
        TransferResult result = flow.ToResult();
        switch (flow.End)
        {
            case TransferEnd.EndOfStream or TransferEnd.LimitReached:
                return null;
            case TransferEnd.Canceled:
                return new TransferCanceledException(result, undelivered, null, token);
            case TransferEnd.SourceDisposed:
                return new TransferDisposedException(TransferSide.Source, result, undelivered);
            case TransferEnd.DestinationDisposed:
                return new TransferDisposedException(TransferSide.Destination, result, undelivered);
            case TransferEnd.IdleTimeout:
                return ThrowHelper.Idle(result, undelivered);
            default:
                Debug.Assert(flow.End is TransferEnd.SourceFailed or TransferEnd.DestinationFailed);
                return ThrowHelper.Failed(flow.Fault!, result, undelivered);
        }
    }
}
