using System.Diagnostics;

namespace Zerocopy;

/// <summary>Two opposite flows between the ends of the program, awaited: <see cref="Relay"/>.</summary>
internal sealed class RelayOperation : FlowOperation
{
    private static readonly OperationCache<RelayOperation> s_cache = new();

    private readonly RelayMachine _machine;
    // Who is told: one of the two.
    private Publication<RelayResult>? _publication; // Started by Relay.RunAsync.
    private Relay? _relay; // Started by Relay.Start, and watched by this.
    private RelayOptions _options = null!;

    private RelayOperation()
        : this(new RelayMachine())
    {
    }

    private RelayOperation(RelayMachine machine)
        : base(machine.Flows) => _machine = machine;

    internal static RelayOperation Make(
        in Endpoint left,
        in Endpoint right,
        TransferMechanism forwardRoute,
        TransferMechanism backwardRoute,
        RelayOptions options,
        Relay? relay)
    {
        Publication<RelayResult>? publication = relay is null ? Publication<RelayResult>.Take() : null;
        ReadOnlyMemory<byte> toRight = ForeignMemory.Steady(options.LeftToRight.Prefix);
        ReadOnlyMemory<byte> toLeft = ForeignMemory.Steady(options.RightToLeft.Prefix);
        _ = MirrorChoice.Choose(options.RightToLeft, right, left); // Refused before the other one is made.
        TeeTarget? forwardMirror = null;
        TeeTarget? backwardMirror = null;
        RelayOperation? operation = null;
        try
        {
            forwardMirror = TeeTarget.MirrorOf(options.LeftToRight, left, right);
            backwardMirror = TeeTarget.MirrorOf(options.RightToLeft, right, left);
            bool isMemoryMirrored = forwardMirror is { Branch.IsKernelPipe: false }
                || backwardMirror is { Branch.IsKernelPipe: false };
            bool needsPool = isMemoryMirrored || RouteChoice.MayBlock(forwardRoute, left, right)
                || RouteChoice.MayBlock(backwardRoute, right, left);
            operation = s_cache.TryTake() ?? new RelayOperation();
            operation.Open(left, right, IdleClock.Milliseconds(options.IdleTimeout), needsPool, isOneWay: false);
            operation.Prepare(options, relay, publication);
            operation.Prepare(
                operation._machine.Flows[0], left, right,
                isMemoryMirrored ? TransferMechanism.ReadWrite : forwardRoute,
                options.LeftToRight, toRight, forwardMirror);
            operation.Prepare(
                operation._machine.Flows[1], right, left,
                isMemoryMirrored ? TransferMechanism.ReadWrite : backwardRoute,
                options.RightToLeft, toLeft, backwardMirror);
            return operation;
        }
        catch
        {
            forwardMirror?.Discard();
            backwardMirror?.Discard();
            operation?.Abandon();
            throw;
        }
    }

    internal ValueTask<RelayResult> RunAsync(CancellationToken token)
    {
        ValueTask<RelayResult> task = _publication!.Task;
        Resources.Totals.RelayBegan();
        Begin(token);
        return task;
    }

    internal void Run(Relay relay, CancellationToken token)
    {
        Debug.Assert(_relay == relay);
        Resources.Totals.RelayBegan();
        Begin(token);
    }

    /// <summary>Called by its <see cref="Relay"/>, under the lock that <see cref="Conclude"/> takes to part from
    /// it.</summary>
    internal void Abort() => Request(Requests.Abort);

    /// <summary>A snapshot, under the same lock. May be a few bytes behind.</summary>
    internal RelayResult Snapshot()
        => new(_machine.Flows[0].ToResult(), _machine.Flows[1].ToResult(), RelayEnd.None, _machine.EndedFirst);

    private protected override bool IsOver(long nowMs) => _machine.IsOver(nowMs);

    private protected override void OnRequests(Requests requests)
        => _machine.EndBy((requests & Requests.Cancel) != 0 ? RelayEnd.Canceled : RelayEnd.Aborted);

    private protected override void OnIdle() => _machine.EndBy(RelayEnd.IdleTimeout);

    private protected override long NextDueMs() => _machine.DueMs;

    private protected override void Conclude()
    {
        _machine.Conclude();
        Resources.Totals.RelayEnded(wasIdle: _machine.EndedBy == RelayEnd.IdleTimeout);
        _relay?.Part(_machine.ToResult()); // From here on nobody aborts it.
    }

    private protected override void Publish()
    {
        if (_options.CloseEndpoints)
        {
            for (int side = 0; side < 2; side++)
            {
                CloseOwned(side);
            }
        }

        foreach (Flow flow in _machine.Flows)
        {
            flow.FinishReport();
        }

        CancellationToken token = Token;
        if (CloseEnds() is { } exception)
        {
            _machine.Blame(RelayEnd.Failed, FlowFault.Of("Close", exception));
        }

        _machine.Blame(RelayEnd.Failed, _machine.Flows[0].Fault ?? _machine.Flows[1].Fault);
        Debug.Assert(_relay is null != _publication is null);
        RelayResult result = _machine.ToResult();
        Exception? failure = _machine.EndedBy == RelayEnd.Canceled ? Canceled(result, token) : null;
        Relay? relay = _relay;
        Publication<RelayResult>? publication = _publication;
        Recycle(); // From here on it is somebody else's.
        relay?.Complete(result);
        publication?.Publish(result, failure);
    }

    private static Exception Canceled(in RelayResult result, CancellationToken token)
    {
        try
        {
            return new TransferCanceledException(result.LeftToRight, default, result, token, result.Exception);
        }
        catch (OutOfMemoryException e)
        {
            return e; // Not even for its own words.
        }
    }

    private void Prepare(RelayOptions options, Relay? relay, Publication<RelayResult>? publication)
    {
        _options = options;
        _relay = relay;
        _publication = publication;
        _machine.Begin(
            options.HalfClose, IdleClock.Milliseconds(options.LingerAfterHalfClose), endsByClose: false);
    }

    private void Prepare(
        Flow flow,
        in Endpoint source,
        in Endpoint destination,
        TransferMechanism route,
        FlowOptions options,
        ReadOnlyMemory<byte> prefix,
        TeeTarget? mirror)
    {
        FlowEnd from = OpenSource(source);
        FlowEnd to = OpenDestination(destination);
        flow.Start(from, to, route, options, prefix, Resources, EventLoop.NowMs, OpenMirror(mirror));
    }

    /// <summary>Closing a stream may flush it, and that may fail: the other one is closed all the same.</summary>
    private void CloseOwned(int side)
    {
        try
        {
            _machine.Flows[1 - side].Destination.CloseOwned(_machine.IsCutOff(side));
        }
        catch (Exception e)
        {
            _machine.Blame(RelayMachine.Failed(side), FlowFault.Of("Dispose", e));
        }
    }

    private void Recycle()
    {
        _machine.Forget();
        _publication = null;
        _relay = null;
        _options = null!;
        Rest(s_cache);
    }
}
