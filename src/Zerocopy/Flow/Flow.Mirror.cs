namespace Zerocopy;

/// <summary>What else gets the bytes: a mirror, before the destination does.</summary>
internal sealed partial class Flow
{
    private FlowMirror? _mirror;

    /// <summary>The target that the last <see cref="StepOutcome.TargetNotReady"/> waits for: the mirror's if something
    /// is in transit, otherwise one of the source's tees.</summary>
    internal FlowEnd? BlockedBy => HasTransit ? _mirror?.End : _source.Blocker;

    /// <summary>True unless a mirror has yet to get what has passed.</summary>
    internal bool IsMirrored => _mirror is null || _mirror.Target.Completion.IsCompleted;

    /// <summary>True if the mirror is to get everything, however long that takes.</summary>
    internal bool WaitsForMirror
        => !IsMirrored && !_mirror!.Target.State.DetachesOnLag && _mirror.Target.State.EndedBy == TeeEnd.EndOfStream;

    /// <summary>How long the mirror may go on after the end of the flow, if that was no end of stream or the mirror
    /// must not hold anybody up.</summary>
    internal int MirrorGraceMs
        => _mirror is not { Target.State.DetachesOnLag: false } || End == TransferEnd.Canceled
            ? TeeTarget.DetachedMs : TeeTarget.CutOffMs;

    private TeeResult? MirrorResult => _mirror is { Target.Completion.IsCompletedSuccessfully: true } mirror
        ? mirror.Target.FinalResult() : null;

    /// <summary>The flow has ended, so no byte comes to the mirror any more.</summary>
    internal void CloseMirror()
        => _mirror?.Close(
            End is TransferEnd.EndOfStream or TransferEnd.LimitReached ? TeeEnd.EndOfStream : TeeEnd.SourceClosed);

    /// <summary>Calls back once the mirror has everything.</summary>
    internal void WhenMirrored(Action done)
        => _mirror?.Target.Completion.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(done);

    /// <summary>The calling thread waits at most so long.</summary>
    internal bool WaitForMirror(int timeoutMs)
        => _mirror is null || _mirror.Target.Completion.Wait(timeoutMs, CancellationToken.None);

    internal void AbortMirror() => _mirror?.Target.Abort();

    /// <summary>Gives the mirror what is about to be written.</summary>
    /// <param name="bytes">The head of what is in transit; cut to what may leave.</param>
    /// <param name="stop">Why nothing may.</param>
    private bool TryMirror(ref ReadOnlyMemory<byte> bytes, out StepOutcome? stop)
    {
        stop = null;
        if (_mirror is not { IsActive: true } mirror || _destination.IsWriting || _destination.WriteIsOver)
        {
            return true; // A write that a stream has begun was mirrored before.
        }

        Moved allowed = mirror.Offer(bytes);
        if (allowed.IsError)
        {
            stop = NotMirrored(allowed);
            return false;
        }

        if (allowed.Count < bytes.Length && _destination.KeepsPackets && !mirror.TryDetach())
        {
            stop = StepOutcome.TargetNotReady; // Half a packet must not leave: first the mirror gets the rest.
            return false;
        }

        bytes = mirror.IsActive ? bytes[..allowed.Count] : bytes;
        return true;
    }

    private bool TryMirrorPipe(ref int length, out StepOutcome? stop)
    {
        stop = null;
        if (_mirror is not { IsActive: true } mirror)
        {
            return true;
        }

        Moved allowed = mirror.Offer(_resources.Kernel!, _transit.OwnPipe!, length);
        if (allowed.IsError)
        {
            stop = NotMirrored(allowed);
            return false;
        }

        length = allowed.Count;
        return true;
    }

    private StepOutcome? NotMirrored(Moved refused)
    {
        if (refused.IsWouldBlock)
        {
            _transit.Shrink(IsBlockLent);
            return StepOutcome.TargetNotReady;
        }

        if (!_mirror!.HasStopped && CanFallBack(KernelCall.Tee, refused.Error))
        {
            return FallBack(refused.Error); // From memory it can be written.
        }

        return EndWith(
            TransferEnd.MirrorFailed, new FlowFault(refused.Error, "tee", TransferSide.Mirror, null));
    }
}
