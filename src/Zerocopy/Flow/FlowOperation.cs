using System.Diagnostics;

namespace Zerocopy;

/// <summary>One or two flows between two ends, from start to published result. Runs in turns on its home: an event
/// loop when epoll can watch every end, otherwise the thread pool; or the thread that called and waits.</summary>
/// <remarks>
/// <para>Its turns are the only place that touches flows, ends and marks. Cancel, dispose and timers only post.</para>
/// <para>The order of ending is always the same: last call, out of epoll, every lease released, pipes and blocks given
/// back, then the result is published. Publishing first would let the caller's next Dispose destroy the tail.</para>
/// </remarks>
internal abstract partial class FlowOperation : FlowRunner, IThreadPoolWorkItem
{
    private readonly FlowPair _flows;
    private EndSet _ends;
    private Home? _home; // Null while resting.
    private CancellationTokenRegistration _cancellation;
    private bool _mayStartHere;
    private volatile int _phase = (int)Phase.Resting; // On net8.0 no atomic operation takes an enum.
    private int _requests;
    private IdleClock _idle;
    private long _endedMs; // Leaving: when the last flow had ended.
    private bool _isMirrored;
    private bool _isReusable;
    private bool _abandonsMirrors;

    /// <param name="flows">One, or two opposite ones.</param>
    private protected FlowOperation(Flow[] flows)
    {
        _flows = new FlowPair(flows);
        _ends = new EndSet(this);
    }

    private enum Phase
    {
        /// <summary>Not in use: cached, or over.</summary>
        Resting,

        /// <summary>Set up; its first turn is about to be posted, and nobody else may post it.</summary>
        Beginning,

        /// <summary>Flows are stepped.</summary>
        Running,

        /// <summary>Every flow has ended; registrations, leases and pending stream operations are being let
        /// go.</summary>
        Leaving,

        /// <summary>Nothing is held any more; the result is on its way to the caller.</summary>
        Publishing,
    }

    [Flags]
    private protected enum Requests
    {
        None = 0,

        /// <summary>The token was cancelled.</summary>
        Cancel = 1,

        /// <summary>The owner disposed the relay.</summary>
        Abort = 2,
    }

    internal sealed override MoveResources Resources => _home!.Resources;

    internal sealed override FlowHost? Host => _home as FlowHost;

    internal sealed override bool Polls => _home is CallerHome;

    internal sealed override bool MustNotWait => _home is FileHome { IsOnLoop: true };

    internal sealed override CancellationToken StreamCancellation => _home!.StreamCancellation;

    private Phase CurrentPhase
    {
        get => (Phase)_phase;
        set => _phase = (int)value;
    }

    /// <summary>What may cancel it.</summary>
    private protected CancellationToken Token => _cancellation.Token;

    internal sealed override void EnterEnds() => _ends.Enter();

    internal sealed override void ExitEnds() => _ends.Exit();

    internal sealed override void AwaitDisk(bool forGood) => ((FileHome)_home!).LeaveLoop(forGood);

    internal sealed override void OnMarks()
    {
        if (CurrentPhase == Phase.Running && _flows.CanStep(EventLoop.NowMs))
        {
            Post();
        }
    }

    /// <summary>A turn at home on the thread pool, or the news for the caller.</summary>
    public void Execute() => _home!.Run(static operation => ((FlowOperation)operation!).RunOrPublish(), this);

    private void RunOrPublish()
    {
        // Whoever was told of a pipe's change a little late may post once more: it is published once.
        if (Interlocked.CompareExchange(ref _phase, (int)Phase.Resting, (int)Phase.Publishing)
            == (int)Phase.Publishing)
        {
            Publish();
        }
        else
        {
            Run();
        }
    }

    /// <summary>Finds it a home. Its ends are opened next.</summary>
    /// <param name="left">One endpoint.</param>
    /// <param name="right">The other.</param>
    /// <param name="idleTimeoutMs">How long nothing may move, or -1.</param>
    /// <param name="needsPool">It must not run on a loop, whatever these two are.</param>
    /// <param name="isOneWay">Only the left one is read, and only the right one written.</param>
    /// <param name="caller">Where it runs if who called waits for it; otherwise null.</param>
    private protected void Open(
        in Endpoint left,
        in Endpoint right,
        int idleTimeoutMs,
        bool needsPool,
        bool isOneWay,
        CallerHome? caller = null)
    {
        Debug.Assert(CurrentPhase == Phase.Resting);
        _mayStartHere = !needsPool && left.NeverWaitsForOthers && right.NeverWaitsForOthers;
        _home = caller ?? FindHome(left, right, needsPool, isOneWay);
        _requests = 0;
        _idle.Begin(idleTimeoutMs, EventLoop.NowMs);
        _isMirrored = false;
        _abandonsMirrors = false;
        CurrentPhase = Phase.Beginning;
    }

    private static Home FindHome(in Endpoint left, in Endpoint right, bool needsPool, bool isOneWay)
    {
        if (!needsPool && !left.NeedsPool && !right.NeedsPool)
        {
            return LoopGroup.Default.ForPair(left.Handle ?? right.Handle!, right.Handle ?? left.Handle!);
        }

        bool isFile = left.Kind == EndpointKind.RegularFile;
        if (!needsPool && isOneWay && isFile && !right.NeedsPool && right.Handle is { } handle)
        {
            return new FileHome(LoopGroup.Default.ForPair(handle, handle));
        }

        bool callsProgram = left.CallsProgram || right.CallsProgram;
        return new PoolHome(callsProgram ? ExecutionContext.Capture() : null);
    }

    private protected FlowEnd OpenSource(in Endpoint endpoint) => _ends.OpenSource(endpoint);

    private protected FlowEnd OpenDestination(in Endpoint endpoint) => _ends.OpenDestination(endpoint);

    /// <summary>Opens what gets a copy of one direction's bytes, if anything does.</summary>
    private protected FlowMirror? OpenMirror(TeeTarget? target)
    {
        if (target is null)
        {
            return null;
        }

        _isMirrored = true;
        return new FlowMirror(target, _ends.OpenDestination(EndpointResolver.FromBranch(target.Branch)));
    }

    /// <summary>It cannot begin: lets go of its ends. It is not used again.</summary>
    private protected void Abandon()
    {
        CurrentPhase = Phase.Resting;
        _ = _ends.Close(); // No byte has moved, so there is nothing to bring up to date.
        _home?.Leave(this);
    }

    /// <summary>Gives it its first turn. Nothing of it may be touched afterwards but by its turns.</summary>
    private protected void Begin(CancellationToken token)
    {
        _flows.TellReportsTo(this);
        if (token.CanBeCanceled)
        {
            try
            {
                _cancellation = token.UnsafeRegister(
                    static operation => ((FlowOperation)operation!).Request(Requests.Cancel), this);
            }
            catch (Exception e)
            {
                _flows.Break(FlowFault.Of("Register", e)); // Its first turn ends it.
            }
        }

        // A thread of the pool is as good as the next one, and to wake that costs more than to send a small file.
        if (_home is CallerHome caller)
        {
            RunHere(caller);
        }
        else if (_mayStartHere && _home is PoolHome && Thread.CurrentThread.IsThreadPoolThread)
        {
            RunFirst();
        }
        else
        {
            Post();
        }
    }

    private protected void Request(Requests request)
    {
        // The first turn takes what came before it: a post of ours could come so late that it hits the next use.
        _ = Interlocked.Or(ref _requests, (int)request);
        Interlocked.MemoryBarrier(); // On arm64 an atomic operation does not keep a later read behind its write.
        if (CurrentPhase != Phase.Beginning)
        {
            Post();
        }
    }

    protected sealed override void Enqueue() => _home!.Enqueue(this);

    protected sealed override bool Turn()
    {
        long nowMs = EventLoop.NowMs;
        if (CurrentPhase == Phase.Beginning)
        {
            CurrentPhase = Phase.Running;
            Interlocked.MemoryBarrier(); // Either this turn sees a request, or whoever makes it sees that we run.
        }

        if (CurrentPhase is Phase.Running or Phase.Leaving)
        {
            _ends.TakeEdges();
        }

        if (CurrentPhase == Phase.Running)
        {
            TakeRequests();
            MoveBytes(nowMs);
            if (!IsOver(nowMs))
            {
                Park(nowMs);
                return false;
            }

            BeginLeaving(nowMs);
        }

        // A post that comes late, after the end, finds another phase and means nothing.
        return CurrentPhase == Phase.Leaving && TryLeave(nowMs);
    }

    /// <summary>No memory, or a bug: it ends with that as its cause, and takes nothing with it.</summary>
    protected sealed override bool Failed(Exception exception)
    {
        _ends.Exit();
        _flows.Break(FlowFault.Of("turn", exception));
        if (CurrentPhase == Phase.Running)
        {
            BeginLeaving(EventLoop.NowMs);
            Post();
            return false;
        }

        // While leaving: nothing is waited for any more.
        _flows.AbortMirrors();
        _ = _ends.Leave();
        Finish();
        return true;
    }

    protected sealed override void Completed()
    {
        Debug.Assert(CurrentPhase == Phase.Publishing);
        _home!.Complete(this);
    }

    /// <summary>What follows from what the flows have done in this turn; no lease is held.</summary>
    /// <returns>True if nothing is left to do.</returns>
    private protected abstract bool IsOver(long nowMs);

    private protected abstract void OnRequests(Requests requests);

    private protected abstract void OnIdle();

    /// <summary>Gives back what flows hold and takes down their results. Leases are released by then.</summary>
    private protected abstract void Conclude();

    /// <summary>Tells the caller. On the thread pool; the operation may be in use again before this returns.</summary>
    private protected abstract void Publish();

    /// <summary>The next deadline of its own, or <see cref="long.MaxValue"/>.</summary>
    private protected virtual long NextDueMs() => long.MaxValue;

    /// <summary>Ends what has not ended.</summary>
    private protected void StopFlows(TransferEnd end)
    {
        _flows.Stop(end);
    }

    /// <summary>Lets go of the endpoints. Called when the result no longer needs them.</summary>
    /// <returns>What the program's code threw that was called because it is over, or null.</returns>
    private protected Exception? CloseEnds()
    {
        // Late posts of streams, timers and mirrors can still come to one that had any.
        _isReusable = _home is not PoolHome && !_isMirrored && !_ends.MayPostLate;
        Exception? atClose = _ends.Close();
        Exception? failure = _home!.CallbackFailure ?? atClose;
        _cancellation = default;
        return failure;
    }

    /// <summary>The last thing: into the cache with it, if it may be used again.</summary>
    private protected void Rest<TOperation>(OperationCache<TOperation> cache)
        where TOperation : FlowOperation
    {
        if (_isReusable)
        {
            _home = null;
            cache.Give((TOperation)this);
        }
    }

    private void TakeRequests()
    {
        if (_requests != 0)
        {
            _abandonsMirrors = true;
            OnRequests((Requests)Interlocked.Exchange(ref _requests, 0));
        }
    }

    private void MoveBytes(long nowMs)
    {
        _ends.Enter();
        _flows.Step(nowMs);
        _ends.Exit();
        _flows.AfterStep(nowMs);
        if (_idle.IsOver(_flows.BytesMoved, _flows.IsRateLimited, nowMs))
        {
            OnIdle();
        }
    }

    /// <summary>Sees to it that a later turn comes: at once, at an edge, or at a deadline.</summary>
    private void Park(long nowMs)
    {
        if (_flows.CanStep(nowMs))
        {
            Post();
            return;
        }

        int error = _ends.Park(out FlowEnd? failed);
        if (error != 0)
        {
            _flows.StopFor(failed!, error);
            Post();
            return;
        }

        long dueMs = Math.Min(Math.Min(NextDueMs(), _flows.NextDueMs), _idle.DueMs);
        _home!.Arm(this, dueMs, nowMs);
    }
}
