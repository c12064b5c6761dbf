namespace Zerocopy;

/// <summary>Runs one flow on the caller's thread: the sync driver.</summary>
internal sealed class SyncTransfer : IEndOwner
{
    // So often, and for so long, all idle sync transfers let go at once. The clock moves in steps of 4 ms.
    private const int ReleaseEveryMs = 200;
    private const int ReleaseMs = 6;

    // What sockets do that .NET waits with is ended within this.
    private const int SettleMs = 250;

    // How often a wait for the mirror looks at its token.
    private const int MirrorSliceMs = 50;

    private static readonly OperationCache<SyncTransfer> s_cache = new();

    private readonly Flow _flow = new();
    private EndSet _ends;
    private readonly BorrowedMemory _borrowed = new();
    private readonly SyncWaiter _waiter;
    private readonly Action _wake;
    private CancellationTokenSource? _sockets; // Where there is no kernel to ask, sockets wait by themselves.

    private SyncTransfer()
    {
        _waiter = SyncWaiter.Create();
        _wake = _waiter.Wake;
        _ends = new EndSet(this);
    }

    IKernel? IEndOwner.Kernel => MoveResources.Shared.Kernel;

    MoveResources IEndOwner.Resources => MoveResources.Shared;

    FlowRunner? IEndOwner.Operation => null;

    CancellationToken IEndOwner.StreamCancellation => _sockets?.Token ?? CancellationToken.None;

    Action IEndOwner.Wake => _wake;

    void IEndOwner.EnterEnds() => _ends.Enter();

    void IEndOwner.ExitEnds() => _ends.Exit();

    internal static TransferResult Run(
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        TransferOptions options,
        CancellationToken token)
    {
        SyncTransfer transfer = Take(
            token.CanBeCanceled || options.Mirror is not null || IsWaking(source) || IsWaking(destination));
        TeeTarget? mirror = null;
        try
        {
            mirror = TransferOperation.MakeMirror(options, source, destination);
            transfer.Open(source, destination, route, options, options.Prefix, mirror);
        }
        catch
        {
            mirror?.Discard();
            _ = transfer._ends.Close();
            s_cache.Give(transfer); // It may hold a descriptor to be woken by, and nothing else any more.
            throw;
        }

        return transfer.Finish(options, token);
    }

    /// <summary>One read of a pipe.</summary>
    internal static unsafe int Read(in Endpoint source, Span<byte> buffer, TransferOptions options)
    {
        fixed (byte* start = buffer)
        {
            SyncTransfer transfer = Take(IsWaking(source));
            Memory<byte> memory = transfer._borrowed.Borrow(start, buffer.Length);
            transfer.Open(source, Endpoint.OfMemory(memory), TransferRoute.ReadWrite, options, default, null);
            transfer._flow.BecomeRead(buffer.Length);
            return (int)transfer.Finish(options, CancellationToken.None).BytesWritten;
        }
    }

    /// <summary>One write of a pipe.</summary>
    internal static unsafe void Write(
        in Endpoint destination, ReadOnlySpan<byte> bytes, int written, TransferOptions options)
    {
        fixed (byte* start = bytes)
        {
            SyncTransfer transfer = Take(IsWaking(destination));
            Memory<byte> memory = transfer._borrowed.Borrow(start, bytes.Length);
            transfer.Open(Endpoint.OfMemory(default), destination, TransferRoute.ReadWrite, options, memory, null);
            transfer._flow.BecomeWrite(written);
            _ = transfer.Finish(options, CancellationToken.None);
        }
    }

    // Of the branch to a mirror nothing is known before it is made, so with a mirror it can always be woken.
    private static bool IsWaking(in Endpoint endpoint) => endpoint.Kind == EndpointKind.MemoryPipe;

    /// <summary>Throws for want of a descriptor to be woken by: now, while there is nothing yet to undo.</summary>
    private static SyncTransfer Take(bool mustWake)
    {
        SyncTransfer transfer = s_cache.TryTake() ?? new SyncTransfer();
        if (mustWake)
        {
            transfer._waiter.MakeWakeable();
        }

        return transfer;
    }

    private void Open(
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        TransferOptions options,
        ReadOnlyMemory<byte> prefix,
        TeeTarget? mirror)
    {
        MoveResources resources = MoveResources.Shared;
        _sockets = Platform.HasKernel ? null : new CancellationTokenSource();
        FlowEnd from = _ends.OpenSource(source);
        FlowEnd to = _ends.OpenDestination(destination);
        FlowMirror? flowMirror = null;
        if (mirror is not null)
        {
            flowMirror = new FlowMirror(mirror, _ends.OpenDestination(EndpointResolver.FromBranch(mirror.Branch)));
            route = mirror.Branch.IsKernelPipe ? route : TransferRoute.ReadWrite;
        }

        _flow.Start(from, to, route, options, prefix, resources, Environment.TickCount64, flowMirror);
        _flow.WatchesDestination = from != to;
    }

    private TransferResult Finish(TransferOptions options, CancellationToken token)
    {
        FlowTotals? totals = _flow.IsCall ? null : MoveResources.Shared.Totals;
        totals?.TransferBegan();
        CancellationTokenRegistration registration = default;
        try
        {
            _ = _ends.Park(out _); // Of what is no descriptor edges must be told; descriptors are polled.
            registration = token.UnsafeRegister(static state => ((SyncWaiter)state!).Wake(), _waiter);
            Step(TransferOperation.Milliseconds(options.IdleTimeout), token);
        }
        catch (Exception e)
        {
            Break(e);
        }

        try
        {
            Settle();
            _flow.CloseMirror();
            WaitForMirror(token);
        }
        catch (Exception e)
        {
            _flow.AbortMirror();
            Break(e);
        }

        registration.Dispose();
        _waiter.Forget();
        _ = _ends.Leave();
        if (token.CanBeCanceled || _ends.NeedWake)
        {
            _waiter.TakeWake();
        }

        ReadOnlyMemory<byte> undelivered = _flow.Release(options.KeepUndelivered && !_flow.HasEndedWell);
        totals?.TransferEnded(wasIdle: _flow.End == TransferEnd.IdleTimeout);
        _flow.FinishReport();
        if (_ends.Close() is { } exception)
        {
            _flow.Blame(FlowFault.Of("Close", exception));
        }

        TransferResult result = _flow.ToResult();
        Exception? failure = TransferOperation.FailureOf(_flow, undelivered, token);
        _flow.Forget();
        _borrowed.Return();
        s_cache.Give(this);
        return failure is null ? result : throw failure;
    }

    /// <summary>The thread was interrupted, or there is no memory.</summary>
    private void Break(Exception exception)
    {
        _ends.Exit();
        _flow.Break(FlowFault.Of("wait", exception));
    }

    private void Step(int idleTimeoutMs, CancellationToken token)
    {
        IdleClock idle = default;
        idle.Begin(idleTimeoutMs, Environment.TickCount64);
        while (true)
        {
            _ends.TakeEdges();
            if (token.IsCancellationRequested)
            {
                _flow.Stop(TransferEnd.Canceled);
            }

            _ends.Enter();
            _flow.Turn(Environment.TickCount64);
            long nowMs = Environment.TickCount64;
            _flow.Report(nowMs);
            long bytes = _flow.Counters.Consumed + _flow.Counters.Written;
            if (idle.IsOver(bytes, _flow.Outcome == StepOutcome.RateLimited, nowMs))
            {
                _flow.Stop(TransferEnd.IdleTimeout);
            }

            bool isIdle = !_flow.IsEnded && !_flow.CanStep(nowMs)
                && !Wait(idle.DueMs, nowMs);
            _ends.Exit();
            _flow.ResolveDoubt();
            if (_flow.IsEnded)
            {
                _flow.Judge();
                return;
            }

            if (isIdle && _flow.Outcome != StepOutcome.RateLimited
                && Environment.TickCount64 % ReleaseEveryMs < ReleaseMs)
            {
                Thread.Sleep(ReleaseMs); // Every idle sync transfer is without leases now: a dispose goes through.
            }
        }
    }

    /// <summary>Waits a slice for what the flow needs. Leases are held meanwhile, so the slice is short: whoever
    /// disposes an end that nothing wakes waits no longer than that. All slices end at the same ticks of the clock, or
    /// two transfers of one handle would hold it in turns for ever.</summary>
    /// <returns>False if nothing came.</returns>
    private bool Wait(long dueMs, long nowMs)
    {
        dueMs = Math.Min(dueMs, _flow.DueMs);
        long sliceMs = ReleaseEveryMs - (nowMs % ReleaseEveryMs) + 1;
        return _waiter.Wait(_ends.Open, _flow, (int)Math.Clamp(dueMs - nowMs, 1, sliceMs));
    }

    /// <summary>Ends what sockets are still waiting for, and takes what they have done.</summary>
    private void Settle()
    {
        if (_sockets is null)
        {
            return;
        }

        _sockets.Cancel();
        long dueMs = Environment.TickCount64 + SettleMs;
        _ends.TakeEdges();
        while (!_flow.TrySettle() && Environment.TickCount64 < dueMs)
        {
            _ = _waiter.Wait(_ends.Open, _flow, SettleMs);
            _ends.TakeEdges();
        }

        _sockets.Dispose();
        _sockets = null;
    }

    private void WaitForMirror(CancellationToken token)
    {
        if (_flow.IsMirrored)
        {
            return;
        }

        long dueMs = Environment.TickCount64 + _flow.MirrorGraceMs;
        while (!_flow.IsMirrored && !token.IsCancellationRequested
            && (_flow.WaitsForMirror || Environment.TickCount64 < dueMs))
        {
            _ = _flow.WaitForMirror(MirrorSliceMs);
        }

        if (!_flow.IsMirrored)
        {
            _flow.AbortMirror();
            _ = _flow.WaitForMirror(TeeTarget.DetachedMs);
        }
    }
}
