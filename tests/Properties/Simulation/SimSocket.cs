// One socket as the kernel holds it: what has come, what has been accepted for sending, and what epoll would say.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed class SimSocket(int fd, bool isUnix)
{
    internal int Fd { get; } = fd;

    internal bool IsUnix { get; } = isUnix;

    /// <summary>Who reads it, and who writes it.</summary>
    internal SimDirection? Reader { get; set; }

    internal SimDirection? Writer { get; set; }

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

    /// <summary>A write found no room (SOCK_NOSPACE): only then is the next room an edge.</summary>
    internal bool WantsRoom { get; set; }

    // Closed by this process, under the flow.
    internal LocalClose Closed { get; set; }

    /// <summary>The handle shows that it was disposed.</summary>
    internal bool ClosedIsVisible { get; set; }

    // epoll
    internal bool IsRegistered { get; set; }

    internal bool HasEdge { get; set; }

    /// <summary>An edge that must still come, for a would-block that nothing in this state explains.</summary>
    internal bool OwesEdge { get; set; }

    internal int Room => RoomMax - Unsent;

    internal bool CannotSend => IsReset || Closed != LocalClose.None;

    /// <summary>The peer resets the connection, or time has run out. A unix socket whose peer is gone has no pending
    /// error: a writer gets EPIPE.</summary>
    internal void Reset(Errno error)
    {
        if (IsReset || Closed != LocalClose.None)
        {
            return;
        }

        // EPIPE is what a reset behind a FIN leaves; whoever reads this socket would have seen that FIN.
        bool isBehindFin = FinReceived || Reader is null;
        IsReset = true;
        Error = error == Errno.EPIPE && !isBehindFin ? Errno.ECONNRESET : error;
        if (IsUnix && error != Errno.ECONNRESET)
        {
            Error = 0;
        }

        Unsent = 0;
        Edge();
    }

    /// <summary>This process closes it under the flow.</summary>
    internal void CloseLocally(LocalClose how, bool isVisible)
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

    internal void Edge() => HasEdge |= IsRegistered;

    /// <summary>What epoll_wait would report now.</summary>
    internal EpollEvents Mask()
    {
        EpollEvents mask = EpollEvents.None;
        if (Closed != LocalClose.None || IsReset)
        {
            mask = EpollEvents.In | EpollEvents.Out | EpollEvents.ReadHangUp | EpollEvents.HangUp;
        }

        if (!Inbox.IsEmpty || FinReceived)
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

/// <summary>How a close by this process looks to the calls that are still to come.</summary>
internal enum LocalClose
{
    None,

    /// <summary>shutdown: reads give 0, TCP still knows that no FIN has come; the handle may show it late.</summary>
    Shutdown,

    /// <summary>disconnect: reads give 0; only the handle knows.</summary>
    Disconnect,

    /// <summary>disconnect: reads and writes fail.</summary>
    Error,
}
