using System.Diagnostics;

namespace Zerocopy;

/// <summary>One flow, awaited: <see cref="Transfer.CopyAsync"/>.</summary>
internal sealed class TransferOperation : FlowOperation
{
    private static readonly OperationCache<TransferOperation> s_cache = new();

    // Who is told: one of the two.
    private Publication<TransferResult>? _transfer;
    private Publication<int>? _call; // Of one read or write of a pipe.
    private PipeCore? _fills;
    private bool _keepUndelivered;
    private ReadOnlyMemory<byte> _undelivered;

    private TransferOperation()
        : this(new Flow())
    {
    }

    private TransferOperation(Flow flow)
        : base([flow]) => Flow = flow;

    private Flow Flow { get; }

    /// <param name="source">Where bytes come from.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="route">How.</param>
    /// <param name="options">All but the mode, which the route is made of.</param>
    /// <param name="fills">The pipe that it fills and whose end of stream is its own; null if that is nobody's.</param>
    /// <param name="caller">Where it runs, before this returns, if who called waits for it; otherwise null.</param>
    /// <param name="token">Ends it.</param>
    internal static ValueTask<TransferResult> Start(
        in Endpoint source,
        in Endpoint destination,
        TransferMechanism route,
        TransferOptions options,
        PipeCore? fills,
        CallerHome? caller,
        CancellationToken token)
    {
        Publication<TransferResult> publication = Publication<TransferResult>.Take();
        ReadOnlyMemory<byte> prefix = caller is null ? ForeignMemory.Steady(options.Prefix) : options.Prefix;
        TeeTarget? mirror = TeeTarget.MirrorOf(options, source, destination);
        bool isMemoryMirrored = mirror is { Branch.IsKernelPipe: false };
        TransferOperation operation = Make(
            source,
            destination,
            isMemoryMirrored ? TransferMechanism.ReadWrite : route,
            options,
            prefix,
            mirror,
            needsPool: isMemoryMirrored || RouteChoice.MayBlock(route, source, destination),
            caller);
        operation._fills = fills;
        operation._transfer = publication;
        ValueTask<TransferResult> task = publication.Task;
        operation.Resources.Totals.TransferBegan();
        operation.Begin(token);
        return task;
    }

    /// <summary>One read of a pipe.</summary>
    /// <param name="source">The pipe.</param>
    /// <param name="buffer">Where to.</param>
    /// <param name="options">The defaults.</param>
    /// <param name="caller">Where it runs if who called waits for it; otherwise null.</param>
    /// <param name="token">Gives up.</param>
    internal static ValueTask<int> StartRead(
        in Endpoint source,
        Memory<byte> buffer,
        TransferOptions options,
        CallerHome? caller,
        CancellationToken token)
    {
        Publication<int> publication = Publication<int>.Take();
        TransferOperation operation = Make(
            source, Endpoint.OfMemory(buffer), TransferMechanism.ReadWrite, options, default, null, false, caller);
        operation.Flow.BecomeRead(buffer.Length);
        operation._call = publication;
        ValueTask<int> task = publication.Task;
        operation.Begin(token);
        return task;
    }

    /// <summary>One write of a pipe.</summary>
    /// <param name="destination">The pipe.</param>
    /// <param name="bytes">What to write.</param>
    /// <param name="written">What was written before.</param>
    /// <param name="options">The defaults.</param>
    /// <param name="caller">Where it runs if who called waits for it; otherwise null.</param>
    /// <param name="token">Gives up.</param>
    internal static ValueTask StartWrite(
        in Endpoint destination,
        ReadOnlyMemory<byte> bytes,
        int written,
        TransferOptions options,
        CallerHome? caller,
        CancellationToken token)
    {
        Publication<int> publication = Publication<int>.Take();
        TransferOperation operation = Make(
            Endpoint.OfMemory(default),
            destination,
            TransferMechanism.ReadWrite,
            options,
            bytes,
            null,
            needsPool: ForeignMemory.Is(bytes),
            caller);
        operation.Flow.BecomeWrite(written);
        operation._call = publication;
        ValueTask task = publication.EndTask;
        operation.Begin(token);
        return task;
    }

    private protected override bool IsOver(long nowMs) => Flow.IsEnded;

    private protected override void OnRequests(Requests requests) => StopFlows(TransferEnd.Canceled);

    private protected override void OnIdle() => StopFlows(TransferEnd.IdleTimeout);

    private protected override void Conclude()
    {
        _undelivered = Flow.Release(_keepUndelivered && !Flow.HasEndedWell);
        if (!Flow.IsCall)
        {
            Resources.Totals.TransferEnded(wasIdle: Flow.End == TransferEnd.IdleTimeout);
        }
    }

    private protected override void Publish()
    {
        Flow.FinishReport();
        CancellationToken token = Token;
        if (CloseEnds() is { } exception)
        {
            Flow.Blame(FlowFault.Of("Close", exception));
        }

        Exception? failure;
        try
        {
            failure = FailureOf(Flow, _undelivered, token);
        }
        catch (OutOfMemoryException e)
        {
            failure = e; // Not even for its own words.
        }

        Debug.Assert(_transfer is null != _call is null);
        TransferResult result = Flow.ToResult();
        Publication<TransferResult>? transfer = _transfer;
        Publication<int>? call = _call;
        PipeCore? fills = _fills;
        Recycle(); // From here on it is somebody else's.
        if (fills is not null)
        {
            PipeFill.Conclude(fills, failure);
        }

        transfer?.Publish(result, failure);
        call?.Publish((int)result.BytesWritten, failure);
    }

    private void Recycle()
    {
        _transfer = null;
        _call = null;
        _fills = null;
        _undelivered = default;
        Flow.Forget();
        Rest(s_cache);
    }

    private static TransferOperation Make(
        in Endpoint source,
        in Endpoint destination,
        TransferMechanism route,
        TransferOptions options,
        ReadOnlyMemory<byte> prefix,
        TeeTarget? mirror,
        bool needsPool,
        CallerHome? caller)
    {
        TransferOperation? operation = null;
        try
        {
            operation = s_cache.TryTake() ?? new TransferOperation();
            operation.Open(
                source,
                destination,
                IdleClock.Milliseconds(options.IdleTimeout),
                needsPool,
                isOneWay: mirror is null,
                caller);
            operation.Prepare(source, destination, route, options, prefix, mirror);
            return operation;
        }
        catch
        {
            mirror?.Discard(); // No loop could be made, or no end be opened.
            operation?.Abandon();
            throw;
        }
    }

    private void Prepare(
        in Endpoint source,
        in Endpoint destination,
        TransferMechanism route,
        TransferOptions options,
        ReadOnlyMemory<byte> prefix,
        TeeTarget? mirror)
    {
        _keepUndelivered = options.KeepUndelivered;
        FlowEnd from = OpenSource(source);
        FlowEnd to = OpenDestination(destination);
        Flow.Start(from, to, route, options, prefix, Resources, EventLoop.NowMs, OpenMirror(mirror));
        Flow.WatchesDestination = from != to;
    }

    /// <summary>What a transfer throws for the end of its flow; null where it ended well.</summary>
    private static Exception? FailureOf(Flow flow, ReadOnlyMemory<byte> undelivered, CancellationToken token)
    {
        TransferResult result = flow.ToResult();
        switch (flow.End)
        {
            case TransferEnd.EndOfStream or TransferEnd.LimitReached:
                return null;
            case TransferEnd.Canceled:
                return new TransferCanceledException(result, undelivered, null, token, flow.Fault?.Exception);
            case TransferEnd.SourceDisposed:
                return new TransferDisposedException(TransferSide.Source, result, undelivered);
            case TransferEnd.DestinationDisposed:
                return new TransferDisposedException(TransferSide.Destination, result, undelivered);
            case TransferEnd.IdleTimeout:
                return ThrowHelper.Idle(result, undelivered, flow.Fault?.Exception);
            default:
                Debug.Assert(flow.End is TransferEnd.SourceFailed or TransferEnd.DestinationFailed
                    or TransferEnd.MirrorFailed or TransferEnd.Failed);
                return ThrowHelper.Failed(flow.Fault!, result, undelivered);
        }
    }
}
