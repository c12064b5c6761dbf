using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Two opposite flows between the same two ends, and what connects them: end of stream passed on,
/// half-close, linger, one idle clock, and an error of one ending both.</summary>
internal sealed class RelayOperation : FlowOperation, IValueTaskSource<RelayResult>
{
    private static readonly OperationCache<RelayOperation> s_cache = new();

    private ResultSource _source = new();
    private Relay? _relay; // Who watches it, when it was started by Relay.Start.
    private RelayOptions _options = null!;
    private Carry _forwardCarry;
    private Carry _backwardCarry;
    private long _lingerDueMs;
    private RelayEnd _endedBy;
    private FlowFault? _fault; // What failed, if that ended it, or came out at the end.

    private RelayOperation()
        : base(backward: new Flow())
    {
    }

    /// <summary>How far the end of stream of one direction has come.</summary>
    private enum Carry : byte
    {
        /// <summary>The flow goes on.</summary>
        NotYet,

        /// <summary>The flow has ended well; its destination does not know yet.</summary>
        Wanted,

        /// <summary>The destination has been told: FIN is sent.</summary>
        Told,

        /// <summary>The flow was cut off: its destination is told nothing, or sees a reset.</summary>
        Withheld,
    }

    internal static RelayOperation Make(
        in Endpoint left,
        in Endpoint right,
        TransferRoute forwardRoute,
        TransferRoute backwardRoute,
        ReadOnlyMemory<byte> forwardPrefix,
        ReadOnlyMemory<byte> backwardPrefix,
        RelayOptions options,
        Relay? relay)
    {
        ReadOnlyMemory<byte> toRight = ForeignMemory.Steady(forwardPrefix);
        ReadOnlyMemory<byte> toLeft = ForeignMemory.Steady(backwardPrefix);
        _ = MirrorChoice.Choose(options.RightToLeft, right, left); // Refused before the other one is made.
        TeeTarget? forwardMirror = null;
        TeeTarget? backwardMirror = null;
        RelayOperation? operation = null;
        try
        {
            forwardMirror = TransferOperation.MakeMirror(options.LeftToRight, left, right);
            backwardMirror = TransferOperation.MakeMirror(options.RightToLeft, right, left);
            bool isMemoryMirrored = forwardMirror is { Branch.IsKernelPipe: false }
                || backwardMirror is { Branch.IsKernelPipe: false };
            bool needsPool = isMemoryMirrored || RouteChoice.MayBlock(forwardRoute, left, right)
                || RouteChoice.MayBlock(backwardRoute, right, left);
            operation = s_cache.TryTake() ?? new RelayOperation();
            operation.Open(left, right, TransferOperation.Milliseconds(options.IdleTimeout), needsPool);
            operation.Prepare(options, relay);
            operation.Prepare(
                operation.Forward, left, right, isMemoryMirrored ? TransferRoute.ReadWrite : forwardRoute,
                options.LeftToRight, toRight, forwardMirror);
            operation.Prepare(
                operation.Backward!, right, left, isMemoryMirrored ? TransferRoute.ReadWrite : backwardRoute,
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
        ValueTask<RelayResult> task = new(this, _source.Token);
        Resources.Totals.RelayBegan();
        Begin(token);
        return task;
    }

    internal void Run(Relay relay)
    {
        Debug.Assert(_relay == relay);
        Resources.Totals.RelayBegan();
        Begin(CancellationToken.None);
    }

    /// <summary>Called by its <see cref="Relay"/>, under the lock that <see cref="Conclude"/> takes to part from
    /// it.</summary>
    internal void Abort() => Request(Requests.Abort);

    /// <summary>A snapshot, under the same lock. May be a few bytes behind.</summary>
    internal RelayResult Snapshot() => new(Forward.ToResult(), Backward!.ToResult(), RelayEnd.None, 0);

    public RelayResult GetResult(short token)
    {
        _source.Claim(token);
        try
        {
            _source.ThrowIfFailed(token);
            return ToResult();
        }
        finally
        {
            Recycle();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _source.OnCompleted(continuation, state, token, flags);

    private protected override bool IsOver(long nowMs)
    {
        Look(Forward, ref _forwardCarry, sourceFailed: RelayEnd.LeftFailed, destinationFailed: RelayEnd.RightFailed);
        Look(Backward!, ref _backwardCarry, sourceFailed: RelayEnd.RightFailed, destinationFailed: RelayEnd.LeftFailed);
        Tell(Forward, ref _forwardCarry, RelayEnd.RightFailed);
        Tell(Backward!, ref _backwardCarry, RelayEnd.LeftFailed);
        StopBehind(Forward, _forwardCarry, Backward!, nowMs);
        StopBehind(Backward!, _backwardCarry, Forward, nowMs);

        if (_endedBy == RelayEnd.None && (Forward.IsEnded || Backward!.IsEnded))
        {
            if (!_options.HalfClose)
            {
                EndBy(RelayEnd.EndOfStream);
            }
            else if (_lingerDueMs == long.MaxValue && _options.LingerAfterHalfClose != Timeout.InfiniteTimeSpan)
            {
                _lingerDueMs = nowMs + TransferOperation.Milliseconds(_options.LingerAfterHalfClose);
            }
            else if (nowMs >= _lingerDueMs)
            {
                EndBy(RelayEnd.LingerTimeout);
            }

            // The flow that goes on is the only one that still looks at its destination.
            Forward.WatchesDestination = Forward.EndsOnHangUp = Backward!.IsEnded;
            Backward.WatchesDestination = Backward.EndsOnHangUp = Forward.IsEnded;
        }

        Look(Forward, ref _forwardCarry, RelayEnd.LeftFailed, RelayEnd.RightFailed);
        Look(Backward!, ref _backwardCarry, RelayEnd.RightFailed, RelayEnd.LeftFailed);
        return _forwardCarry is Carry.Told or Carry.Withheld && _backwardCarry is Carry.Told or Carry.Withheld;
    }

    private protected override void OnRequests(Requests requests)
    {
        if ((requests & Requests.Cancel) != 0)
        {
            EndBy(RelayEnd.Canceled);
        }
        else
        {
            EndBy(RelayEnd.Aborted);
        }
    }

    private protected override void OnIdle() => EndBy(RelayEnd.IdleTimeout);

    private protected override long NextDueMs() => _lingerDueMs;

    private protected override void Conclude()
    {
        if (_endedBy == RelayEnd.None)
        {
            // It broke off where nothing could be looked at any more, or it ended well.
            FlowFault? broken = Forward.End == TransferEnd.Failed ? Forward.Fault
                : Backward!.End == TransferEnd.Failed ? Backward.Fault : null;
            EndBy(broken is null ? RelayEnd.EndOfStream : RelayEnd.Failed, broken);
        }

        _ = Forward.Release(keepUndelivered: false);
        _ = Backward!.Release(keepUndelivered: false);
        Resources.Totals.RelayEnded(wasIdle: _endedBy == RelayEnd.IdleTimeout);
        _relay?.Part(ToResult()); // From here on nobody aborts it.
    }

    private protected override void Publish()
    {
        if (_options.CloseEndpoints)
        {
            // Who was told the end has the whole stream: a reset would only destroy what is still on its way.
            bool endedWell = _endedBy == RelayEnd.EndOfStream;
            CloseOwned(Backward!.Destination, !endedWell && _backwardCarry != Carry.Told, RelayEnd.LeftFailed);
            CloseOwned(Forward.Destination, !endedWell && _forwardCarry != Carry.Told, RelayEnd.RightFailed);
        }

        Forward.FinishReport();
        Backward!.FinishReport();
        CancellationToken token = Token;
        if (CloseEnds() is { } exception)
        {
            Blame(RelayEnd.Failed, FlowFault.Of("Close", exception));
        }

        Blame(RelayEnd.Failed, Forward.Fault ?? Backward.Fault);
        if (_relay is { } relay)
        {
            RelayResult result = ToResult();
            _relay = null;
            Recycle();
            relay.Complete(result);
        }
        else if (_endedBy == RelayEnd.Canceled)
        {
            _source.SetException(Canceled(token));
        }
        else
        {
            _source.SetResult();
        }
    }

    private Exception Canceled(CancellationToken token)
    {
        RelayResult result = ToResult();
        try
        {
            return new TransferCanceledException(result.LeftToRight, default, result, token, result.Exception);
        }
        catch (OutOfMemoryException e)
        {
            return e; // Not even for its own words.
        }
    }

    private void Prepare(RelayOptions options, Relay? relay)
    {
        _options = options;
        _relay = relay;
        _forwardCarry = Carry.NotYet;
        _backwardCarry = Carry.NotYet;
        _lingerDueMs = long.MaxValue;
        _endedBy = RelayEnd.None;
        _fault = null;
    }

    private void Prepare(
        Flow flow,
        in Endpoint source,
        in Endpoint destination,
        TransferRoute route,
        FlowOptions options,
        ReadOnlyMemory<byte> prefix,
        TeeTarget? mirror)
    {
        FlowEnd from = OpenSource(source);
        FlowEnd to = OpenDestination(destination);
        flow.Start(from, to, route, options, prefix, Resources, EventLoop.NowMs, OpenMirror(mirror));
    }

    /// <summary>Closing a stream may flush it, and that may fail: the other one is closed all the same.</summary>
    private void CloseOwned(FlowEnd end, bool reset, RelayEnd failed)
    {
        try
        {
            end.CloseOwned(reset);
        }
        catch (Exception e)
        {
            Blame(failed, FlowFault.Of("Dispose", e));
        }
    }

    /// <summary>What came out at the end: it spoils a good one, and is the cause if there was none.</summary>
    private void Blame(RelayEnd failed, FlowFault? fault)
    {
        if (_fault is null && fault is not null)
        {
            _fault = fault;
            _endedBy = _endedBy == RelayEnd.EndOfStream ? failed : _endedBy;
        }
    }

    /// <summary>What a flow that has just ended means for the relay.</summary>
    private void Look(Flow flow, ref Carry carry, RelayEnd sourceFailed, RelayEnd destinationFailed)
    {
        if (!flow.IsEnded || carry != Carry.NotYet)
        {
            return;
        }

        carry = Carry.Withheld;
        switch (flow.End)
        {
            case TransferEnd.EndOfStream or TransferEnd.LimitReached:
                carry = Carry.Wanted;
                break;
            case TransferEnd.DestinationFailed when HadNothingLeft(flow):
                // The peer has said its end and closed without a reset, and nothing was underway to it: that is no
                // error.
                flow.Excuse();
                break;
            case TransferEnd.SourceFailed:
                EndBy(sourceFailed, flow.Fault);
                break;
            case TransferEnd.DestinationFailed:
                EndBy(destinationFailed, flow.Fault);
                break;
            case TransferEnd.MirrorFailed:
                EndBy(RelayEnd.MirrorFailed, flow.Fault);
                break;
            case TransferEnd.Failed:
                EndBy(RelayEnd.Failed, flow.Fault);
                break;
            case TransferEnd.SourceDisposed:
                EndBy(flow == Forward ? RelayEnd.LeftDisposed : RelayEnd.RightDisposed);
                break;
            case TransferEnd.DestinationDisposed:
                EndBy(flow == Forward ? RelayEnd.RightDisposed : RelayEnd.LeftDisposed);
                break;
        }
    }

    /// <summary>Passes on an end of stream; nothing is in transit any more.</summary>
    private void Tell(Flow flow, ref Carry carry, RelayEnd failed)
    {
        if (carry != Carry.Wanted)
        {
            return;
        }

        Debug.Assert(!flow.HasTransit);
        if (_endedBy is not (RelayEnd.None or RelayEnd.EndOfStream))
        {
            carry = Carry.Withheld; // A stream that takes its time to say goodbye does not hold up an abort.
            return;
        }

        if (flow.Source.IsDisposed()) // Looked at again: the end may have been a dispose that was still underway.
        {
            carry = Carry.Withheld;
            EndBy(flow == Forward ? RelayEnd.LeftDisposed : RelayEnd.RightDisposed);
            return;
        }

        if (!flow.Destination.TryEnter())
        {
            carry = Carry.Withheld;
            EndBy(flow == Forward ? RelayEnd.RightDisposed : RelayEnd.LeftDisposed);
            return;
        }

        Moved told = flow.Destination.FinishWriting();
        flow.Destination.Exit();
        if (told.IsWouldBlock)
        {
            return;
        }

        // ENOTCONN: that peer is gone already; the other flow reads from it and says how.
        carry = Carry.Told;
        if (told.IsError && told.Error != (int)Errno.ENOTCONN)
        {
            carry = Carry.Withheld;
            EndBy(failed, FaultOf(flow.Destination, told.Error));
        }
    }

    /// <summary>Where an end of stream could not be told, whoever reads there would wait for it for ever: the relay
    /// ends, once the opposite flow has written what it has taken.</summary>
    private static void StopBehind(Flow ended, Carry carry, Flow opposite, long nowMs)
    {
        if (carry == Carry.Told && ended.End == TransferEnd.EndOfStream && !ended.Destination.CanHalfClose)
        {
            opposite.StopTaking(nowMs);
        }
    }

    private bool HadNothingLeft(Flow flow)
    {
        Flow other = flow == Forward ? Backward! : Forward;
        return flow.IsHungUp && other.End is TransferEnd.EndOfStream or TransferEnd.LimitReached;
    }

    /// <summary>The first reason counts; a good end only once both sides were told. Both flows stop.</summary>
    private void EndBy(RelayEnd endedBy, FlowFault? fault = null)
    {
        if (_endedBy is RelayEnd.None or RelayEnd.EndOfStream)
        {
            _endedBy = endedBy;
            _fault = fault;
        }

        StopFlows(endedBy switch
        {
            RelayEnd.Canceled => TransferEnd.Canceled,
            RelayEnd.IdleTimeout => TransferEnd.IdleTimeout,
            _ => TransferEnd.Stopped,
        });
    }

    private RelayResult ToResult()
        => new(Forward.ToResult(), Backward!.ToResult(), _endedBy, _fault?.Error ?? 0, _fault?.Exception);

    private static FlowFault FaultOf(FlowEnd end, int error)
        => new(end.Exception is null ? error : 0, "Finish", TransferSide.Destination, end.Exception);

    private void Recycle()
    {
        Forward.Forget();
        Backward!.Forget();
        _source.Reset();
        _options = null!;
        _fault = null;
        if (IsReusable)
        {
            s_cache.Give(this);
        }
    }
}
