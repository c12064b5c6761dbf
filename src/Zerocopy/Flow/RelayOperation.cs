using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Two opposite flows between the same two ends, and what connects them: end of stream passed on,
/// half-close, linger, one idle clock, and an error of one ending both.</summary>
internal sealed class RelayOperation : FlowOperation, IValueTaskSource<RelayResult>
{
    private static readonly OperationCache<RelayOperation> s_cache = new();

    private ManualResetValueTaskSourceCore<bool> _source; // The result itself is still in the flows.
    private Relay? _relay; // Who watches it, when it was started by Relay.Start.
    private RelayOptions _options = null!;
    private Carry _forwardCarry;
    private Carry _backwardCarry;
    private long _lingerDueMs;
    private RelayEnd _endedBy;
    private int _error;

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
        _ = MirrorChoice.Choose(options.RightToLeft, right, left); // Refused before the other one is made.
        TeeTarget? forwardMirror = null;
        TeeTarget? backwardMirror = null;
        RelayOperation operation;
        bool needsPool;
        try
        {
            forwardMirror = TransferOperation.MakeMirror(options.LeftToRight, left, right);
            backwardMirror = TransferOperation.MakeMirror(options.RightToLeft, right, left);
            needsPool = forwardMirror is { Branch.IsKernelPipe: false }
                || backwardMirror is { Branch.IsKernelPipe: false };
            operation = s_cache.TryTake() ?? new RelayOperation();
            operation.Open(left, right, TransferOperation.Milliseconds(options.IdleTimeout), needsPool);
        }
        catch
        {
            forwardMirror?.Discard();
            backwardMirror?.Discard();
            throw;
        }

        operation._options = options;
        operation._relay = relay;
        operation._forwardCarry = Carry.NotYet;
        operation._backwardCarry = Carry.NotYet;
        operation._lingerDueMs = long.MaxValue;
        operation._endedBy = RelayEnd.None;
        operation._error = 0;
        long nowMs = EventLoop.NowMs;
        operation.Forward.Start(
            operation.OpenSource(left),
            operation.OpenDestination(right),
            needsPool ? TransferRoute.ReadWrite : forwardRoute,
            options.LeftToRight,
            forwardPrefix,
            operation.Resources,
            nowMs,
            operation.OpenMirror(forwardMirror));
        operation.Backward!.Start(
            operation.OpenSource(right),
            operation.OpenDestination(left),
            needsPool ? TransferRoute.ReadWrite : backwardRoute,
            options.RightToLeft,
            backwardPrefix,
            operation.Resources,
            nowMs,
            operation.OpenMirror(backwardMirror));
        return operation;
    }

    internal ValueTask<RelayResult> RunAsync(CancellationToken token)
    {
        ValueTask<RelayResult> task = new(this, _source.Version);
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
        try
        {
            _ = _source.GetResult(token);
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

        if (_endedBy == RelayEnd.None && (Forward.IsEnded || Backward!.IsEnded))
        {
            if (!_options.HalfClose)
            {
                EndBy(RelayEnd.EndOfStream, 0);
            }
            else if (_lingerDueMs == long.MaxValue && _options.LingerAfterHalfClose != Timeout.InfiniteTimeSpan)
            {
                _lingerDueMs = nowMs + TransferOperation.Milliseconds(_options.LingerAfterHalfClose);
            }
            else if (nowMs >= _lingerDueMs)
            {
                EndBy(RelayEnd.LingerTimeout, 0);
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
            EndBy(RelayEnd.Canceled, 0);
        }
        else
        {
            EndBy(RelayEnd.Aborted, 0);
        }
    }

    private protected override void OnIdle() => EndBy(RelayEnd.IdleTimeout, 0);

    private protected override long NextDueMs() => _lingerDueMs;

    private protected override void Conclude()
    {
        if (_endedBy == RelayEnd.None)
        {
            _endedBy = RelayEnd.EndOfStream;
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
            Backward!.Destination.CloseOwned(reset: !endedWell && _backwardCarry != Carry.Told);
            Forward.Destination.CloseOwned(reset: !endedWell && _forwardCarry != Carry.Told);
        }

        Forward.FinishReport();
        Backward!.FinishReport();
        CancellationToken token = Token;
        CloseEnds();
        if (_relay is { } relay)
        {
            RelayResult result = ToResult();
            _relay = null;
            Recycle();
            relay.Complete(result);
        }
        else if (_endedBy == RelayEnd.Canceled)
        {
            RelayResult result = ToResult();
            _source.SetException(new TransferCanceledException(result.LeftToRight, default, result, token));
        }
        else
        {
            _source.SetResult(true);
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
                EndBy(sourceFailed, flow.Fault!.Error);
                break;
            case TransferEnd.DestinationFailed:
                EndBy(destinationFailed, flow.Fault!.Error);
                break;
            case TransferEnd.MirrorFailed:
                EndBy(RelayEnd.MirrorFailed, flow.Fault!.Error);
                break;
            case TransferEnd.SourceDisposed:
                EndBy(flow == Forward ? RelayEnd.LeftDisposed : RelayEnd.RightDisposed, 0);
                break;
            case TransferEnd.DestinationDisposed:
                EndBy(flow == Forward ? RelayEnd.RightDisposed : RelayEnd.LeftDisposed, 0);
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
            EndBy(flow == Forward ? RelayEnd.LeftDisposed : RelayEnd.RightDisposed, 0);
            return;
        }

        if (!flow.Destination.TryEnter())
        {
            carry = Carry.Withheld;
            EndBy(flow == Forward ? RelayEnd.RightDisposed : RelayEnd.LeftDisposed, 0);
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
            EndBy(failed, told.Error);
        }
    }

    private bool HadNothingLeft(Flow flow)
    {
        Flow other = flow == Forward ? Backward! : Forward;
        return flow.IsHungUp && other.End is TransferEnd.EndOfStream or TransferEnd.LimitReached;
    }

    /// <summary>The first reason counts. Both flows stop.</summary>
    private void EndBy(RelayEnd endedBy, int error)
    {
        if (_endedBy == RelayEnd.None)
        {
            _endedBy = endedBy;
            _error = error;
        }

        StopFlows(endedBy switch
        {
            RelayEnd.Canceled => TransferEnd.Canceled,
            RelayEnd.IdleTimeout => TransferEnd.IdleTimeout,
            _ => TransferEnd.Stopped,
        });
    }

    private RelayResult ToResult() => new(Forward.ToResult(), Backward!.ToResult(), _endedBy, _error);

    private void Recycle()
    {
        Forward.Forget();
        Backward!.Forget();
        _source.Reset();
        _options = null!;
        if (IsReusable)
        {
            s_cache.Give(this);
        }
    }
}
