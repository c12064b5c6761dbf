using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Zerocopy;

/// <summary>One flow, awaited: <see cref="Transfer.CopyAsync(TransferEndpoint, TransferEndpoint,
/// CancellationToken)"/>.</summary>
internal sealed class TransferOperation : FlowOperation, IValueTaskSource<TransferResult>
{
    private static readonly OperationCache<TransferOperation> s_cache = new();

    private ManualResetValueTaskSourceCore<TransferResult> _source;
    private bool _keepUndelivered;
    private TransferRoute _route;
    private TransferResult _result;
    private TransferEnd _end;
    private FlowFault _fault;
    private ReadOnlyMemory<byte> _undelivered;
    private CancellationToken _token;

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
        operation.Open(source, destination, Milliseconds(options.IdleTimeout), token);
        operation._keepUndelivered = options.KeepUndelivered;
        operation._route = route;
        operation._token = token;
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
        operation.Begin();
        return task;
    }

    /// <summary>A timeout as the flows count it; -1 for none.</summary>
    internal static int Milliseconds(TimeSpan timeout)
        => timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Max(1, timeout.TotalMilliseconds);

    public TransferResult GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            _source.Reset();
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
        _end = Forward.End;
        _fault = Forward.Fault;
        bool endedWell = _end is TransferEnd.EndOfStream or TransferEnd.LimitReached;
        _undelivered = Forward.Release(_keepUndelivered && !endedWell);
        _result = new TransferResult(Forward.Counters, _route, _end);
        CloseEnds();
    }

    private protected override void Publish()
    {
        Forward.FinishReport();
        TransferResult result = _result;
        ReadOnlyMemory<byte> undelivered = _undelivered;
        _undelivered = default;
        Exception? failure = FailureOf(_end, _fault, result, undelivered, _token);
        _fault = default;
        _token = default;
        if (failure is null)
        {
            _source.SetResult(result);
        }
        else
        {
            _source.SetException(failure);
        }
    }

    /// <summary>What a transfer throws for an end; null where it ended well.</summary>
    internal static Exception? FailureOf(
        TransferEnd end,
        in FlowFault fault,
        in TransferResult result,
        ReadOnlyMemory<byte> undelivered,
        CancellationToken token)
    {
        switch (end)
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
                FlowFault idle = new((int)Sys.Errno.ETIMEDOUT, "Waiting", TransferSide.None, null);
                return ThrowHelper.Failed(idle, result, undelivered);
            default:
                Debug.Assert(end is TransferEnd.SourceFailed or TransferEnd.DestinationFailed);
                return ThrowHelper.Failed(fault, result, undelivered);
        }
    }
}
