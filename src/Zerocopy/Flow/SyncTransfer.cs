using System.Diagnostics;

namespace Zerocopy;

/// <summary>Runs one flow on the caller's thread: the sync driver.</summary>
internal sealed class SyncTransfer
{
    private static readonly OperationCache<SyncTransfer> s_cache = new();

    private readonly Flow _flow = new();
    private readonly SocketEnd _sourceSocket = new();
    private readonly SocketEnd _destinationSocket = new();
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

    private static FlowEnd Open(in Endpoint endpoint, SocketEnd socket, MoveResources resources)
    {
        if (endpoint.Handle is null)
        {
            return new StreamEnd(endpoint, owner: null, CancellationToken.None);
        }

        socket.Open(resources.Kernel!, endpoint, owner: null, loop: null);
        return socket;
    }

    private Exception? RunCore(
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        TransferOptions options,
        CancellationToken token,
        out TransferResult result)
    {
        MoveResources resources = FlowHosts.Shared;
        FlowEnd from = Open(source, _sourceSocket, resources);
        FlowEnd to = source.Handle is not null && ReferenceEquals(source.Handle, destination.Handle)
            ? from : Open(destination, _destinationSocket, resources);
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

        TransferEnd end = _flow.End;
        FlowFault fault = _flow.Fault;
        bool endedWell = end is TransferEnd.EndOfStream or TransferEnd.LimitReached;
        ReadOnlyMemory<byte> undelivered = _flow.Release(options.KeepUndelivered && !endedWell);
        result = new TransferResult(_flow.Counters, route, end);
        _flow.FinishReport();
        _sourceSocket.Close();
        _destinationSocket.Close();
        return TransferOperation.FailureOf(end, fault, result, undelivered, token);
    }

    private void Step(FlowEnd from, FlowEnd to, int idleTimeoutMs, CancellationToken token)
    {
        long progressBytes = 0;
        long progressMs = Environment.TickCount64;
        while (true)
        {
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
