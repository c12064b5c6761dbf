// One socket as the kernel holds it: what has come, what has been accepted for sending, and what epoll would say.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal class SimSocket(int fd, bool isUnix) : SimFd(fd)
{
    internal bool IsUnix { get; } = isUnix;

    // The side that receives.
    internal SimQueue Inbox { get; } = new();

    internal bool FinReceived { get; set; }

    /// <summary>SO_ERROR: taken by the first call that meets it.</summary>
    internal Errno Error { get; set; }

    /// <summary>Reset by the peer: nothing more comes, nothing more goes.</summary>
    internal bool IsReset { get; set; }

    // The side that sends.
    internal int RoomMax { get; set; }

    internal int Unsent { get; set; }

    internal bool FinSent { get; set; }

    /// <summary>A unix socket of which both directions are shut down: its peer cannot send any more.</summary>
    internal bool IsShutDown { get; set; }

    /// <summary>A write found no room (SOCK_NOSPACE): only then is the next room an edge.</summary>
    internal bool WantsRoom { get; set; }

    internal int Room => RoomMax - Unsent;

    internal override SimQueue Queue => Inbox;

    internal override bool HasSaidEnd => FinReceived || IsReset;

    internal override bool HasNothing => Inbox.Bytes == 0 && !FinReceived && Error == 0 && !CannotSend;

    internal override bool HasNoRoom => Room < RoomMax / 3 && !CannotSend;

    /// <summary>Somebody reads it.</summary>
    private protected virtual bool IsRead => Reader is not null;

    internal bool CannotSend => IsReset || Closed != LocalClose.None;

    /// <summary>The peer resets the connection, or time has run out. A unix socket whose peer is gone has no pending
    /// error: a writer gets EPIPE.</summary>
    internal override void Reset(Errno error)
    {
        if (IsReset || Closed != LocalClose.None)
        {
            return;
        }

        // EPIPE is what a reset behind a FIN leaves; whoever reads this socket would have seen that FIN.
        bool isBehindFin = FinReceived || !IsRead;
        IsReset = true;
        Error = error == Errno.EPIPE && !isBehindFin ? Errno.ECONNRESET : error;
        if (IsUnix && error != Errno.ECONNRESET)
        {
            Error = 0;
        }

        Unsent = 0;
        Edge();
    }

    internal override void CloseLocally(LocalClose how, bool isVisible)
    {
        if (IsReset || Closed != LocalClose.None)
        {
            return;
        }

        Closed = how;
        ClosedIsVisible = isVisible || how != LocalClose.Shutdown;
        Unsent = 0;
        if (how != LocalClose.Shutdown)
        {
            Inbox.Clear();
            FinReceived = false;
        }

        Edge();
    }

    internal override EpollEvents Mask()
    {
        EpollEvents mask = EpollEvents.None;
        if (Closed != LocalClose.None || IsReset)
        {
            mask = EpollEvents.In | EpollEvents.Out | EpollEvents.ReadHangUp | EpollEvents.HangUp;
        }

        if (Inbox.Bytes > 0 || FinReceived)
        {
            mask |= EpollEvents.In;
        }

        if (FinReceived)
        {
            mask |= EpollEvents.ReadHangUp;
        }

        if (FinReceived && FinSent)
        {
            mask |= EpollEvents.HangUp;
        }

        if (Inbox.UrgentMarks > 0)
        {
            mask |= EpollEvents.Priority;
        }

        if (Error != 0)
        {
            mask |= EpollEvents.Error | EpollEvents.In | EpollEvents.Out;
        }

        if (Room >= RoomMax / 3)
        {
            mask |= EpollEvents.Out;
        }
        else
        {
            WantsRoom = true; // Asking is what makes the kernel tell.
        }

        return mask;
    }
}
