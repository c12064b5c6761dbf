using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>Runs one flow on the caller's thread: the sync driver.</summary>
internal sealed class SyncTransfer
{
    private static readonly OperationCache<SyncTransfer> s_cache = new();

    private readonly Flow _flow = new();
    private FlowEnd? _source;
    private FlowEnd? _destination;
    private PollWaiter? _waiter;

    internal static TransferResult Run(
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        TransferOptions options,
        CancellationToken token)
    {
        SyncTransfer transfer = s_cache.TryTake() ?? new SyncTransfer();
        Exception? failure = transfer.RunCore(source, destination, route, options, token, out TransferResult result);
        s_cache.Give(transfer);
        return failure is null ? result : throw failure;
    }

    private static FlowEnd Open(in Endpoint endpoint, FlowEnd? cached, MoveResources resources)
        => endpoint.Handle is null
            ? new StreamEnd(endpoint, owner: null, CancellationToken.None) : OpenSocket(endpoint, cached, resources);

    // Apart, and not even named SocketEnd: where everything is copied by streams, Zerocopy.Sys is never loaded.
#pragma warning disable CA1859
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static FlowEnd OpenSocket(in Endpoint endpoint, FlowEnd? cached, MoveResources resources)
    {
        SocketEnd socket = cached as SocketEnd ?? new SocketEnd();
        socket.Open(resources.Kernel!, endpoint, owner: null);
        return socket;
    }
#pragma warning restore CA1859

    private Exception? RunCore(
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        TransferOptions options,
        CancellationToken token,
        out TransferResult result)
    {
        MoveResources resources = FlowHosts.Shared;
        FlowEnd from = _source = Open(source, _source, resources);
        FlowEnd to = source.Handle is not null && ReferenceEquals(source.Handle, destination.Handle)
            ? from : _destination = Open(destination, _destination, resources);
        (from as StreamEnd)?.Partner = to;
        (to as StreamEnd)?.Partner = from;
        _flow.Start(from, to, route, options, options.Prefix, resources, Environment.TickCount64);
        _flow.WatchesDestination = from != to;
        bool waits = source.Handle is not null || destination.Handle is not null || options.BytesPerSecond is not null;
        if (waits && Platform.HasKernel)
        {
            _waiter ??= new PollWaiter();
        }

        CancellationTokenRegistration registration = default;
        if (_waiter is { } waiter && token.CanBeCanceled)
        {
            waiter.MakeWakeable();
            registration = token.UnsafeRegister(static state => ((PollWaiter)state!).Wake(), waiter);
        }

        Step(from, to, TransferOperation.Milliseconds(options.IdleTimeout), token);
        registration.Dispose();
        if (token.CanBeCanceled)
        {
            _waiter?.TakeWake();
        }

        bool endedWell = _flow.End is TransferEnd.EndOfStream or TransferEnd.LimitReached;
        ReadOnlyMemory<byte> undelivered = _flow.Release(options.KeepUndelivered && !endedWell);
        _flow.FinishReport();
        from.Close();
        to.Close();
        result = _flow.ToResult();
        Exception? failure = TransferOperation.FailureOf(_flow, undelivered, token);
        _flow.Forget();
        return failure;
    }

    private void Step(FlowEnd from, FlowEnd to, int idleTimeoutMs, CancellationToken token)
    {
        long progressBytes = 0;
        long progressMs = Environment.TickCount64;
        while (true)
        {
            from.TakeEdges();
            to.TakeEdges();
            if (token.IsCancellationRequested)
            {
                _flow.Stop(TransferEnd.Canceled);
            }
            else if (from.Has(Readiness.Closed) || !from.TryEnter())
            {
                _flow.Stop(TransferEnd.SourceDisposed);
            }
            else if (to.Has(Readiness.Closed) || !to.TryEnter())
            {
                _flow.Stop(TransferEnd.DestinationDisposed);
            }
            else
            {
                _ = _flow.Step(Environment.TickCount64);
            }

            long nowMs = Environment.TickCount64;
            _flow.Reporter?.Update(_flow.Counters, nowMs);
            long bytes = _flow.Counters.Consumed + _flow.Counters.Written;
            if (bytes != progressBytes || _flow.Outcome is StepOutcome.RateLimited)
            {
                progressBytes = bytes;
                progressMs = nowMs;
            }
            else if (idleTimeoutMs >= 0 && nowMs - progressMs >= idleTimeoutMs)
            {
                _flow.Stop(TransferEnd.IdleTimeout);
            }

            if (!_flow.IsEnded && !_flow.CanStep(nowMs))
            {
                long dueMs = idleTimeoutMs >= 0 ? progressMs + idleTimeoutMs : long.MaxValue;
                Wait(from, to, dueMs, nowMs, token);
            }

            from.Exit();
            to.Exit();
            if (_flow.IsEnded)
            {
                _flow.Judge();
                return;
            }
        }
    }

    /// <summary>Waits a slice for what the flow needs. Leases are held meanwhile, so the slice is short: whoever
    /// disposes an end that nothing wakes waits no longer than that.</summary>
    private void Wait(FlowEnd from, FlowEnd to, long dueMs, long nowMs, CancellationToken token)
    {
        if (_flow.Outcome == StepOutcome.RateLimited)
        {
            dueMs = Math.Min(dueMs, _flow.RateDueMs);
        }

        int sliceMs = (int)Math.Clamp(dueMs - nowMs, 1, PollWaiter.SliceMs);
        if (_waiter is { } waiter)
        {
            waiter.Wait(from, to, _flow.Outcome, sliceMs);
            return;
        }

        // Only streams, whose sync calls never leave anything to wait for; so this is the rate limiter.
        Debug.Assert(_flow.Outcome == StepOutcome.RateLimited);
        _ = token.WaitHandle.WaitOne(sliceMs);
    }
}
