namespace Zerocopy;

/// <summary>The end of an operation: it waits for what streams still do and for mirrors, then lets everything
/// go.</summary>
internal abstract partial class FlowOperation
{
    // A stream's operation that does not heed its cancellation is left behind after this.
    private const int SettleMs = 250;

    private void BeginLeaving(long nowMs)
    {
        CurrentPhase = Phase.Leaving;
        _endedMs = nowMs;
        _home!.CancelStreams();
        _flows.TellReportsTo(null);
        _flows.CloseMirrors();
        if (_isMirrored)
        {
            _flows.WhenMirrored(Post);
        }
    }

    private bool TryLeave(long nowMs)
    {
        if (!TrySettle(nowMs) || !_ends.Leave())
        {
            return false;
        }

        Finish();
        return true;
    }

    /// <summary>Nothing more comes and nothing is held: what is left is to be published.</summary>
    private void Finish()
    {
        _home!.Leave(this);
        _cancellation.Dispose(); // Waits for a callback that is running; it only posts.
        Conclude();
        CurrentPhase = Phase.Publishing;
    }

    /// <summary>Waits for what streams still do, and for mirrors.</summary>
    private bool TrySettle(long nowMs)
    {
        if (Interlocked.Exchange(ref _requests, 0) != 0 && !_abandonsMirrors)
        {
            _abandonsMirrors = true;
            _endedMs = nowMs;
        }

        bool areSettled = _flows.TrySettle();
        if (_flows.AreMirrored)
        {
            return areSettled || IsOverdue(SettleMs, nowMs);
        }

        if (_flows.WaitForMirrors && !_abandonsMirrors)
        {
            return false; // However long it takes; the mirror's completion posts.
        }

        int graceMs = _abandonsMirrors ? SettleMs : _flows.MirrorGraceMs;
        if (!IsOverdue(graceMs, nowMs))
        {
            return false;
        }

        _flows.AbortMirrors();
        return IsOverdue(graceMs + SettleMs, nowMs);
    }

    /// <summary>True so long after the end of the last flow; otherwise a turn comes then.</summary>
    private bool IsOverdue(int afterMs, long nowMs)
    {
        if (nowMs >= _endedMs + afterMs)
        {
            return true;
        }

        _home!.Arm(this, _endedMs + afterMs, nowMs);
        return false;
    }
}
