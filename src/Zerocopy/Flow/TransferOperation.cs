using System.Diagnostics;
using System.Threading.Tasks.Sources;

namespace Zerocopy;

/// <summary>One flow, awaited: <see cref="Transfer.CopyAsync(TransferEndpoint, TransferEndpoint,
/// CancellationToken)"/>.</summary>
internal sealed class TransferOperation
    : FlowOperation, IValueTaskSource<TransferResult>, IValueTaskSource<int>, IValueTaskSource
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
        TeeTarget? mirror = MakeMirror(options, source, destination);
        TransferOperation operation = s_cache.TryTake() ?? new TransferOperation();
        bool needsPool = mirror is { Branch.IsKernelPipe: false };
        try
        {
            operation.Open(source, destination, Milliseconds(options.IdleTimeout), needsPool);
        }
        catch
        {
            mirror?.Discard(); // No loop could be made.
            throw;
        }

        route = needsPool ? TransferRoute.ReadWrite : route;
        operation.Prepare(source, destination, route, options, options.Prefix, mirror);
        ValueTask<TransferResult> task = new(operation, operation._source.Version);
        operation.Resources.Totals.TransferBegan();
        operation.Begin(token);
        return task;
    }

    /// <summary>One read of a pipe.</summary>
    internal static ValueTask<int> StartRead(
        in Endpoint source, Memory<byte> buffer, TransferOptions options, CancellationToken token)
    {
        TransferOperation operation = s_cache.TryTake() ?? new TransferOperation();
        Endpoint memory = Endpoint.OfMemory(buffer);
        operation.Open(source, memory, -1);
        operation.Prepare(source, memory, TransferRoute.ReadWrite, options, default, null);
        operation.Forward.BecomeRead(buffer.Length);
        ValueTask<int> task = new(operation, operation._source.Version);
        operation.Begin(token);
        return task;
    }

    /// <summary>One write of a pipe.</summary>
    /// <param name="destination">The pipe.</param>
    /// <param name="bytes">What to write.</param>
    /// <param name="written">What was written before.</param>
    /// <param name="options">The defaults.</param>
    /// <param name="token">Gives up.</param>
    internal static ValueTask StartWrite(
        in Endpoint destination,
        ReadOnlyMemory<byte> bytes,
        int written,
        TransferOptions options,
        CancellationToken token)
    {
        TransferOperation operation = s_cache.TryTake() ?? new TransferOperation();
        Endpoint memory = Endpoint.OfMemory(default);
        operation.Open(memory, destination, -1);
        operation.Prepare(memory, destination, TransferRoute.ReadWrite, options, bytes, null);
        operation.Forward.BecomeWrite(written);
        ValueTask task = new(operation, operation._source.Version);
        operation.Begin(token);
        return task;
    }

    /// <summary>Makes what gets a copy of one direction's bytes.</summary>
    internal static TeeTarget? MakeMirror(FlowOptions options, in Endpoint source, in Endpoint destination)
        => MirrorChoice.Choose(options, source, destination) is { } mirror
            ? TeeTarget.Mirror(mirror, options.MirrorOptions, options.Mode) : null;

    /// <summary>A timeout as the flows count it; -1 for none.</summary>
    internal static int Milliseconds(TimeSpan timeout)
        => timeout == Timeout.InfiniteTimeSpan ? -1 : (int)Math.Max(1, timeout.TotalMilliseconds);

    int IValueTaskSource<int>.GetResult(short token) => (int)GetResult(token).BytesWritten;

    void IValueTaskSource.GetResult(short token) => GetResult(token);

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
        if (!Forward.IsCall)
        {
            Resources.Totals.TransferEnded(wasIdle: Forward.End == TransferEnd.IdleTimeout);
        }
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

    private void Prepare(
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        TransferOptions options,
        ReadOnlyMemory<byte> prefix,
        TeeTarget? mirror)
    {
        _keepUndelivered = options.KeepUndelivered;
        FlowEnd from = OpenSource(source);
        FlowEnd to = OpenDestination(destination);
        Forward.Start(from, to, route, options, prefix, Resources, EventLoop.NowMs, OpenMirror(mirror));
        Forward.WatchesDestination = from != to;
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
                Debug.Assert(
                    flow.End is TransferEnd.SourceFailed or TransferEnd.DestinationFailed or TransferEnd.MirrorFailed);
                return ThrowHelper.Failed(flow.Fault!, result, undelivered);
        }
    }
}
