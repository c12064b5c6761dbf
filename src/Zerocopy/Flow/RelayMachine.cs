using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>What connects two opposite flows between the same two ends: end of stream passed on, half-close, linger,
/// and an error of one ending both.</summary>
/// <remarks>It runs nothing and waits for nobody: its user steps the flows and asks <see cref="IsOver"/> after each
/// turn. Sides and directions have the same numbers: direction 0 goes from side 0, the left one, to side 1.</remarks>
internal sealed class RelayMachine
{
    private readonly Carry[] _carries = new Carry[2]; // Of each direction.
    private bool _halfCloses;
    private bool _endsByClose;
    private int _lingerMs;
    private long _lingerDueMs;
    private FlowFault? _fault; // What failed, if that ended it, or came out at the end.

    /// <summary>How far the end of stream of one direction has come.</summary>
    private enum Carry : byte
    {
        /// <summary>The flow goes on.</summary>
        NotYet,

        /// <summary>The flow has ended well; its destination does not know yet.</summary>
        Wanted,

        /// <summary>The destination has been told: FIN is sent, or the close that comes at once is it.</summary>
        Told,

        /// <summary>The flow was cut off: its destination is told nothing, or sees a reset.</summary>
        Withheld,
    }

    /// <summary>From left to right, and from right to left.</summary>
    internal Flow[] Flows { get; } = [new Flow(), new Flow()];

    internal RelayEnd EndedBy { get; private set; }

    /// <summary>The side whose stream was the first to end, or that failed first.</summary>
    internal RelaySide EndedFirst { get; private set; }

    /// <summary>When it wants a turn by itself, or <see cref="long.MaxValue"/>.</summary>
    internal long DueMs => _lingerDueMs;

    /// <summary>Before the flows are started.</summary>
    /// <param name="halfCloses">An end of stream ends one direction only.</param>
    /// <param name="lingerMs">How long the other one may go on, or -1.</param>
    /// <param name="endsByClose">Its user closes both ends in the turn in which it is over: an end that is closed then
    /// need not be told before.</param>
    internal void Begin(bool halfCloses, int lingerMs, bool endsByClose)
    {
        _halfCloses = halfCloses;
        _lingerMs = lingerMs;
        _endsByClose = endsByClose;
        _lingerDueMs = long.MaxValue;
        _fault = null;
        EndedBy = RelayEnd.None;
        EndedFirst = RelaySide.None;
        Array.Clear(_carries); // NotYet.
    }

    /// <summary>What follows from what the flows have done; no lease is held.</summary>
    /// <returns>True if nothing is left to do.</returns>
    internal bool IsOver(long nowMs)
    {
        LookForEnds();
        for (int i = 0; i < 2; i++)
        {
            PassOnEnd(i);
        }

        for (int i = 0; i < 2; i++)
        {
            StopBehind(i, nowMs);
        }

        if (EndedBy == RelayEnd.None && (Flows[0].IsEnded || Flows[1].IsEnded))
        {
            FirstHasEnded(nowMs);
        }

        LookForEnds();
        return Array.TrueForAll(_carries, static carry => carry is Carry.Told or Carry.Withheld);
    }

    /// <summary>The first reason counts; a good end only once both sides were told. Both flows stop.</summary>
    internal void EndBy(RelayEnd endedBy, FlowFault? fault = null)
    {
        if (EndedBy is RelayEnd.None or RelayEnd.EndOfStream)
        {
            EndedBy = endedBy;
            _fault = fault;
        }

        TransferEnd end = endedBy switch
        {
            RelayEnd.Canceled => TransferEnd.Canceled,
            RelayEnd.IdleTimeout => TransferEnd.IdleTimeout,
            _ => TransferEnd.Stopped,
        };
        Flows[0].Stop(end);
        Flows[1].Stop(end);
    }

    /// <summary>After the last turn: what ended it is settled now, and what the flows hold is given back.</summary>
    internal void Conclude()
    {
        if (EndedBy == RelayEnd.None)
        {
            // It broke off where nothing could be looked at any more, or it ended well.
            FlowFault? broken = Flows[0].End == TransferEnd.Failed ? Flows[0].Fault
                : Flows[1].End == TransferEnd.Failed ? Flows[1].Fault : null;
            EndBy(broken is null ? RelayEnd.EndOfStream : RelayEnd.Failed, broken);
        }

        _ = Flows[0].Release(keepUndelivered: false);
        _ = Flows[1].Release(keepUndelivered: false);
    }

    /// <summary>What came out at the end: it spoils a good one, and is the cause if there was none.</summary>
    internal void Blame(RelayEnd failed, FlowFault? fault)
    {
        if (_fault is null && fault is not null)
        {
            _fault = fault;
            EndedBy = EndedBy == RelayEnd.EndOfStream ? failed : EndedBy;
        }
    }

    /// <summary>True if the peer of this side is to see a reset, because its stream was cut off. Who was told the end
    /// has the whole stream: a reset would only destroy what is still on its way.</summary>
    internal bool IsCutOff(int side)
        => EndedBy != RelayEnd.EndOfStream && _carries[1 - side] != Carry.Told;

    /// <summary>True if the peer of this side has said its end: it sends nothing more.</summary>
    internal bool HasFinished(int side) => Flows[side].End == TransferEnd.EndOfStream;

    internal RelayResult ToResult()
        => new(Flows[0].ToResult(), Flows[1].ToResult(), EndedBy, EndedFirst, _fault);

    /// <summary>The result was taken: keep nothing of the user's alive in a cache.</summary>
    internal void Forget()
    {
        Flows[0].Forget();
        Flows[1].Forget();
        _fault = null;
    }

    internal static RelayEnd Failed(int side) => side == 0 ? RelayEnd.LeftFailed : RelayEnd.RightFailed;

    private static RelayEnd Disposed(int side) => side == 0 ? RelayEnd.LeftDisposed : RelayEnd.RightDisposed;

    private static RelaySide SideOf(int side) => side == 0 ? RelaySide.Left : RelaySide.Right;

    private static FlowFault FaultOf(FlowEnd end, int error)
        => new(end.Exception is null ? error : 0, "Finish", TransferSide.Destination, end.Exception);

    /// <summary>One direction is over, and the other one goes on, for a while.</summary>
    private void FirstHasEnded(long nowMs)
    {
        if (!_halfCloses)
        {
            EndBy(RelayEnd.EndOfStream);
        }
        else if (_lingerDueMs == long.MaxValue && _lingerMs >= 0)
        {
            _lingerDueMs = nowMs + _lingerMs;
        }
        else if (nowMs >= _lingerDueMs)
        {
            EndBy(RelayEnd.LingerTimeout);
        }

        // The flow that goes on is the only one that still looks at its destination.
        for (int i = 0; i < 2; i++)
        {
            Flows[i].WatchesDestination = Flows[i].EndsOnHangUp = Flows[1 - i].IsEnded;
        }
    }

    private void LookForEnds()
    {
        for (int i = 0; i < 2; i++)
        {
            if (Flows[i].IsEnded && _carries[i] == Carry.NotYet)
            {
                Ended(i);
            }
        }
    }

    /// <summary>What a flow that has just ended means for the relay.</summary>
    private void Ended(int direction)
    {
        Flow flow = Flows[direction];
        int destination = 1 - direction;
        _carries[direction] = Carry.Withheld;
        if (EndedFirst == RelaySide.None)
        {
            EndedFirst = flow.End switch
            {
                TransferEnd.EndOfStream or TransferEnd.LimitReached
                    or TransferEnd.SourceFailed or TransferEnd.SourceDisposed => SideOf(direction),
                TransferEnd.DestinationFailed or TransferEnd.DestinationDisposed => SideOf(destination),
                _ => RelaySide.None,
            };
        }

        switch (flow.End)
        {
            case TransferEnd.EndOfStream or TransferEnd.LimitReached:
                _carries[direction] = Carry.Wanted;
                break;
            case TransferEnd.DestinationFailed when flow.IsHungUp
                && Flows[1 - direction].End is TransferEnd.EndOfStream or TransferEnd.LimitReached:
                // The peer has said its end and closed without a reset, and nothing was underway to it: that is no
                // error.
                flow.Excuse();
                break;
            case TransferEnd.SourceFailed:
                EndBy(Failed(direction), flow.Fault);
                break;
            case TransferEnd.DestinationFailed:
                EndBy(Failed(destination), flow.Fault);
                break;
            case TransferEnd.MirrorFailed:
                EndBy(RelayEnd.MirrorFailed, flow.Fault);
                break;
            case TransferEnd.Failed:
                EndBy(RelayEnd.Failed, flow.Fault);
                break;
            case TransferEnd.SourceDisposed:
                EndBy(Disposed(direction));
                break;
            case TransferEnd.DestinationDisposed:
                EndBy(Disposed(destination));
                break;
        }
    }

    /// <summary>Passes on an end of stream; nothing is in transit any more.</summary>
    private void PassOnEnd(int direction)
    {
        ref Carry carry = ref _carries[direction];
        Flow flow = Flows[direction];
        if (carry != Carry.Wanted)
        {
            return;
        }

        Debug.Assert(!flow.HasTransit);
        if (EndedBy is not (RelayEnd.None or RelayEnd.EndOfStream))
        {
            // A stream that takes its time to say goodbye does not hold up an abort. A close takes none, and a reset
            // would destroy what is underway to who has everything.
            carry = _endsByClose && IsTrueEnd(direction) ? Carry.Told : Carry.Withheld;
            return;
        }

        if (flow.Source.IsDisposed()) // Looked at again: the end may have been a dispose that was still underway.
        {
            carry = Carry.Withheld;
            EndBy(Disposed(direction));
            return;
        }

        if (_endsByClose && _carries[1 - direction] == Carry.Told && HasFinished(1 - direction))
        {
            carry = Carry.Told; // Never shut down what is about to be closed.
            return;
        }

        if (!flow.Destination.TryEnter())
        {
            carry = Carry.Withheld;
            EndBy(Disposed(1 - direction));
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
            EndBy(Failed(1 - direction), FaultOf(flow.Destination, told.Error));
        }
    }

    /// <summary>Of a side that cannot be written any more an end may be all that its reset has left, once the write has
    /// taken the error. EPIPE is the reset that comes behind an end.</summary>
    private bool IsTrueEnd(int direction)
        => Flows[1 - direction] is not { End: TransferEnd.DestinationFailed } opposite
            || opposite.Fault?.Error == (int)Errno.EPIPE;

    /// <summary>Where an end of stream could not be told, whoever reads there would wait for it for ever: the relay
    /// ends, once the opposite flow has written what it has taken.</summary>
    private void StopBehind(int direction, long nowMs)
    {
        Flow ended = Flows[direction];
        Flow opposite = Flows[1 - direction];
        if (_carries[direction] == Carry.Told && ended.End == TransferEnd.EndOfStream
            && !ended.Destination.CanHalfClose)
        {
            opposite.StopTaking(nowMs);
        }
    }
}
