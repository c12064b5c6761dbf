using System.Diagnostics;

namespace Zerocopy;

/// <summary>One direction of bytes: the only state machine that moves them, for every pair of ends and at every
/// home.</summary>
/// <remarks>
/// <para>Whoever runs it leases both ends, calls <see cref="Step"/>, and waits for what the outcome names. The flow
/// fills only when nothing is in transit and drains only when something is; this removes splice's ambiguity, which
/// says EAGAIN for either end.</para>
/// <para>Between the two is <see cref="Transit"/>; what to ask for next is <see cref="Tactics"/>' to say. An idle flow
/// holds neither block nor pipe.</para>
/// <para>Fill.cs holds the half that reads, Drain.cs the half that writes, Direct.cs what one call moves from end to
/// end, Peek.cs what moves without memory, Mirror.cs what else gets the bytes, Waiting.cs why it waits, Ending.cs ends
/// that are not at once what they seem.</para>
/// </remarks>
internal sealed partial class Flow
{
    // A busy flow must not starve its neighbours on the same loop: after so much it goes to the back of the queue.
    private const int TurnBytesMax = 2 * 1024 * 1024;
    private const int TurnRoundsMax = 128;

    private FlowCounters _counters;
    private FlowState _state = FlowState.Ended;
    private Tactics _tactics;
    private Transit _transit;
    private bool _unflushed;
    private bool _endsWithFirstRead;
    private RateLimit? _rate;

    private FlowEnd _source = null!;
    private FlowEnd _destination = null!;
    private MoveResources _resources = null!;

    /// <summary>Which mechanism the pair of ends and the mode allow.</summary>
    internal TransferMechanism Route { get; private set; }

    internal FlowState State => _state;

    /// <summary>What ended it, once <see cref="FlowState.Ended"/>; what will, in a last flush.</summary>
    internal TransferEnd End { get; private set; }

    /// <summary>What failed, when <see cref="End"/> is a failure.</summary>
    internal FlowFault? Fault { get; private set; }

    /// <summary>True if it ended because the destination's peer has closed, without a reset, while nothing was
    /// underway to it.</summary>
    internal bool IsHungUp { get; private set; }

    /// <summary>True once whoever runs it has looked whether the end was a dispose by this process.</summary>
    internal bool IsJudged { get; private set; }

    /// <summary>True if it is one read or write of a pipe, which is no transfer and not counted as one.</summary>
    internal bool IsCall => _source is MemoryEnd || _destination is MemoryEnd;

    /// <summary>Brings its counts to the user, if asked for.</summary>
    internal ProgressReporter? Reporter { get; private set; }

    internal ref readonly FlowCounters Counters => ref _counters;

    internal bool IsEnded => _state == FlowState.Ended;

    /// <summary>True if it has brought everything that there was, or as much as was asked for.</summary>
    internal bool HasEndedWell => IsEnded && End is TransferEnd.EndOfStream or TransferEnd.LimitReached;

    internal FlowEnd Source => _source;

    internal FlowEnd Destination => _destination;

    /// <summary>True while a stream may still use the block.</summary>
    private bool IsBlockLent => _source.IsReading || _destination.IsWriting;

    /// <summary>True if something was taken, or given as prefix, and is not written.</summary>
    internal bool HasTransit => _transit.HasBytes;

    /// <summary>Makes the flow ready for its first step. It holds nothing yet.</summary>
    internal void Start(
        FlowEnd source,
        FlowEnd destination,
        TransferMechanism route,
        FlowOptions options,
        ReadOnlyMemory<byte> prefix,
        MoveResources resources,
        long nowMs,
        FlowMirror? mirror = null)
    {
        Debug.Assert(IsEnded && !_transit.HoldsAnything);
        _source = source;
        _destination = destination;
        _resources = resources;
        _counters = new FlowCounters { LimitRemaining = options.LimitBytes ?? TransferResult.NoLimit };
        Route = route;
        _tactics = new Tactics(route, mustNotCopy: options.Mode == TransferMode.RequireZeroCopy);
        _mirror = mirror;
        _endsWithFirstRead = false;
        _takesNoMore = false;
        _doubts = 0;
        _races = 0;
        _rate = options.BytesPerSecond is { } rate ? new RateLimit(rate, nowMs) : null;
        _transit = new Transit(resources, prefix);
        _unflushed = false;
        WatchesDestination = false;
        EndsOnHangUp = false;
        IsJudged = false;
        IsHungUp = false;
        Reporter = options.Progress is { } progress ? new ProgressReporter(progress) : null;
        End = TransferEnd.None;
        Fault = null;
        Outcome = StepOutcome.Yield;
        _state = HasTransit ? FlowState.Draining : FlowState.Filling;
    }

    /// <summary>Before the first step: it is one read of at most so many bytes.</summary>
    internal void BecomeRead(int bytesMax)
    {
        _counters.LimitRemaining = bytesMax;
        _endsWithFirstRead = true;
    }

    /// <summary>Before the first step: it is one write, of the prefix.</summary>
    /// <param name="written">Bytes that were written before.</param>
    internal void BecomeWrite(int written)
    {
        _counters.LimitRemaining = 0;
        _counters.Buffered = written;
    }

    /// <summary>Steps, unless it has ended, an end is closed, or nothing it waits for has come.</summary>
    internal void Turn(long nowMs)
    {
        if (IsEnded)
        {
            return;
        }

        if (_source.Has(Readiness.Closed) || _destination.Has(Readiness.Closed))
        {
            Stop(_source.Has(Readiness.Closed) ? TransferEnd.SourceDisposed : TransferEnd.DestinationDisposed);
        }
        else if (CanStep(nowMs))
        {
            _ = Step(nowMs);
        }
    }

    /// <summary>Moves bytes until an end would block, the turn's budget is spent or the flow ends. Both ends are
    /// leased by the caller; nothing blocks.</summary>
    internal StepOutcome Step(long nowMs)
    {
        _turnMs = nowMs;
        long start = _counters.Consumed + _counters.Written;
        for (int round = 0; round < TurnRoundsMax; round++)
        {
            AssertInvariants();
            StepOutcome? stop = _state switch
            {
                FlowState.Filling => Fill(nowMs),
                FlowState.Verifying => Verify(nowMs),
                FlowState.Draining => Drain(),
                FlowState.Flushing => Flush(),
                _ => StepOutcome.Ended,
            };
            if (stop is { } outcome)
            {
                return Outcome = outcome;
            }

            // Both hops count, hence twice the bytes.
            if (_counters.Consumed + _counters.Written - start >= 2L * TurnBytesMax)
            {
                break;
            }
        }

        return Outcome = IsEnded ? StepOutcome.Ended : StepOutcome.Yield;
    }

    /// <summary>Ends it from outside: canceled, timed out, an end disposed, stopped. What is in transit stays until
    /// <see cref="Release"/>.</summary>
    internal void Stop(TransferEnd end, FlowFault? fault = null)
    {
        if (!IsEnded)
        {
            EndWith(end, fault);
        }
    }

    /// <summary>Something broke off, a step or what comes after the last one: what the flow holds may not be what it
    /// has counted.</summary>
    internal void Break(FlowFault fault)
    {
        _transit.Distrust();
        if (IsEnded)
        {
            Blame(fault);
        }
        else
        {
            _ = EndWith(TransferEnd.Failed, fault);
        }
    }

    /// <summary>After the end: code of the program threw that was called because of it. An end that was good is none
    /// any more; of a bad one the first cause counts.</summary>
    internal void Blame(FlowFault fault)
    {
        Debug.Assert(IsEnded);
        if (Fault is null)
        {
            Fault = fault;
            End = HasEndedWell ? TransferEnd.Failed : End;
        }
    }

    /// <summary>A second look at a flow that has just ended, with no lease held: a dispose by this process looks like
    /// an end of stream or like an error of the kernel.</summary>
    internal void Judge()
    {
        Debug.Assert(IsEnded && !IsJudged);
        IsJudged = true;
        TransferEnd verdict = End switch
        {
            TransferEnd.EndOfStream or TransferEnd.SourceFailed when _source.IsDisposed() => TransferEnd.SourceDisposed,
            TransferEnd.DestinationFailed when _destination.IsDisposed() => TransferEnd.DestinationDisposed,
            TransferEnd.DestinationFailed when Route == TransferMechanism.Splice && _source.IsDisposed()
                => TransferEnd.SourceDisposed, // One call for both ends: its errno does not say which.
            TransferEnd.SourceFailed when Route == TransferMechanism.Splice && _destination.IsDisposed()
                => TransferEnd.DestinationDisposed, // A unix socket says EFAULT, whatever its pipe has said.
            _ => End,
        };
        if (verdict != End)
        {
            End = verdict;
            Fault = null;
        }
    }

    /// <summary>The relay's view of an end that is none: it had nothing left to do.</summary>
    internal void Excuse()
    {
        Debug.Assert(IsEnded && !HasTransit);
        End = TransferEnd.Stopped;
        Fault = null;
    }

    /// <summary>Takes what a stream's operation has still done after the flow was stopped.</summary>
    /// <returns>False while such an operation goes on.</returns>
    internal bool TrySettle()
    {
        Debug.Assert(IsEnded);
        if (_transit.Block is { } block && _source.ReadIsOver)
        {
            Moved read = _source.Read(block, block.Size);
            if (!read.IsError && read.Count > 0)
            {
                Consume(read.Count);
                _transit.FilledBlock(read.Count);
            }
        }

        if (HasTransit && _destination.WriteIsOver)
        {
            Moved written = _destination.Write(default);
            if (!written.IsError)
            {
                TakeWritten(written.Count);
            }
        }

        return !_source.IsBusy && !_destination.IsBusy;
    }

    /// <summary>Gives back pipe and block. The last thing a flow does; nothing it held survives it.</summary>
    /// <param name="keepUndelivered">Collect what was taken and not written.</param>
    /// <returns>Those bytes, in order; empty unless asked for.</returns>
    internal ReadOnlyMemory<byte> Release(bool keepUndelivered)
    {
        Debug.Assert(IsEnded);
        ReadOnlyMemory<byte> undelivered = default;
        try
        {
            undelivered = keepUndelivered ? _transit.Collect() : default;
        }
        catch (Exception e)
        {
            Break(FlowFault.Of(nameof(TransferOptions.KeepUndelivered), e)); // No memory for it.
        }

        _transit.Release(IsBlockLent);
        return undelivered;
    }

    /// <summary>After a step: brings the news to the user, and ends if that throws.</summary>
    internal void Report(long nowMs)
    {
        if (Reporter is { } reporter)
        {
            reporter.Update(_counters, nowMs);
            if (reporter.Failure is { } exception)
            {
                Stop(TransferEnd.Failed, FlowFault.Of(nameof(FlowOptions.Progress), exception));
            }
        }
    }

    /// <summary>The last news for the user, before the result is published; not on a loop's thread.</summary>
    internal void FinishReport()
    {
        if (Reporter?.Finish(_counters) is { } exception)
        {
            Blame(FlowFault.Of(nameof(FlowOptions.Progress), exception));
        }
    }

    /// <summary>The result was taken: keep nothing of the user's alive in a cache.</summary>
    internal void Forget()
    {
        Fault = null;
        Reporter = null;
        _mirror = null;
    }

    /// <summary>What the flow did. Valid until the next start.</summary>
    internal TransferResult ToResult() => new(_counters, Route, End, MirrorResult);

    private StepOutcome? EndWith(TransferEnd end, FlowFault? fault = null)
    {
        Debug.Assert(!IsEnded && end != TransferEnd.None);
        End = end;
        Fault = fault;
        _state = FlowState.Ended;
        return Outcome = StepOutcome.Ended;
    }

    private StepOutcome? Fail(TransferSide side, FlowEnd end, string operation, int error)
    {
        if (end.IsStoppedByTee && side == TransferSide.Source)
        {
            return EndWith(
                TransferEnd.MirrorFailed, new FlowFault(error, "tee", TransferSide.Mirror, null));
        }

        if (side == TransferSide.Destination && MayBeDisposing(error))
        {
            IsHungUp = false; // Not yet: more may come meanwhile, and be lost.
            return Doubt(_turnMs);
        }

        FlowFault fault = new(end.Exception is null ? error : 0, operation, side, end.Exception);
        return side == TransferSide.Destination || HasTransit
            ? EndWith(side == TransferSide.Source ? TransferEnd.SourceFailed : TransferEnd.DestinationFailed, fault)
            : Finish(TransferEnd.SourceFailed, fault);
    }

    /// <summary>The source gives no more: what the destination keeps back goes out first.</summary>
    private StepOutcome? Finish(TransferEnd end, FlowFault? fault = null)
    {
        Debug.Assert(!HasTransit);
        if (_unflushed)
        {
            Fault = fault;
            End = end;
            _state = FlowState.Flushing;
            return null;
        }

        return EndWith(end, fault);
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_state is not (FlowState.Filling or FlowState.Verifying or FlowState.Flushing) || !HasTransit);
        Debug.Assert(_state != FlowState.Draining || HasTransit);
        Debug.Assert(_counters.LimitRemaining >= TransferResult.NoLimit);
        Debug.Assert(
            _tactics.Mover is FlowMover.ReadWrite or FlowMover.Adaptive || Route != TransferMechanism.ReadWrite);
        Debug.Assert(_tactics.Mover != FlowMover.Direct || (_transit.OwnPipe is null && _mirror is null));
    }
}
