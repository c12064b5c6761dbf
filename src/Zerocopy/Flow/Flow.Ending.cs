using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>Ends that are not at once what they seem: a socket that this process has shut down, and a source that
/// nothing more is to be taken of.</summary>
internal sealed partial class Flow
{
    // A dispose that has shut its socket down closes it at once, if its thread gets to run: 250 ms in all.
    private const int DoubtMs = 10;
    private const int DoubtsMax = 25;

    // For a stream's read that is going on when nothing more is to be taken: one that just ends has bytes.
    private const int PatienceMs = 250;

    private bool _takesNoMore;
    private long _turnMs; // When the step began that is under way.
    private byte _doubts; // How often an end was looked at that this process has made.

    /// <summary>Takes nothing more, and ends as <see cref="TransferEnd.Stopped"/> once what it took is written. A
    /// stream that reads already may have taken something too, and has a moment to say so.</summary>
    internal void StopTaking(long nowMs)
    {
        if (IsEnded || _takesNoMore)
        {
            return;
        }

        _takesNoMore = true;
        _laterDueMs = nowMs + PatienceMs;
        if (_state is FlowState.Filling or FlowState.Verifying && !_source.IsReading)
        {
            _ = Finish(TransferEnd.Stopped);
        }

        if (!IsEnded && Outcome is StepOutcome.SourceNotReady or StepOutcome.RateLimited or StepOutcome.Later)
        {
            Outcome = StepOutcome.Yield;
        }
    }

    /// <summary>In place of a fill, once nothing more is to be taken.</summary>
    private StepOutcome? FillNoMore(long nowMs)
        => _source.IsReading && nowMs < _laterDueMs ? StepOutcome.Later : Finish(TransferEnd.Stopped);

    /// <summary>With no lease held: an end that this process has made was a dispose if what ended is closed
    /// now.</summary>
    internal void ResolveDoubt()
    {
        if (IsEnded || _doubts == 0)
        {
            return;
        }

        if (_source.IsDisposed())
        {
            EndWith(TransferEnd.SourceDisposed);
        }
        else if (_destination.IsDisposed())
        {
            EndWith(TransferEnd.DestinationDisposed);
        }
    }

    /// <summary>No more comes: the peer has finished, or this process has shut the socket down. A dispose does that as
    /// well, and then goes on to close it: whether it is one is looked at for a while.</summary>
    private StepOutcome? SourceEnded(long nowMs)
    {
        if (_source.PeerMayHaveFinished() || _doubts == DoubtsMax)
        {
            return Finish(TransferEnd.EndOfStream);
        }

        if (!_source.ShowsDispose)
        {
            return EndWith(TransferEnd.SourceDisposed);
        }

        _transit.ReleasePipe();
        return Doubt(nowMs);
    }

    /// <summary>True if a destination has no peer for us because this process has shut it down: perhaps a dispose that
    /// has yet to close it.</summary>
    private bool MayBeDisposing(int error)
        => error == (int)Errno.EPIPE && _doubts < DoubtsMax && _destination.ShowsDispose
            && !_destination.PeerMayHaveFinished();

    private StepOutcome Doubt(long nowMs)
    {
        _doubts++;
        _laterDueMs = nowMs + DoubtMs;
        return StepOutcome.Later;
    }
}
