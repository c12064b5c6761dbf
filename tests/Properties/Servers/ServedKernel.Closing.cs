// Shutdown and close, and what a peer sees of them: FIN after all that the other one has sent, or a reset, and not a
// reset after everything.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed partial class ServedKernel
{
    internal required bool HalfClose { get; init; }

    public override void SetLinger(BorrowedFd socket, bool reset)
    {
        ServedSocket set = Use(socket, "linger");
        Before();
        set.ClosesByReset = reset;
    }

    public override Moved ShutdownSend(BorrowedFd socket)
    {
        const string Call = "shutdown";
        ServedSocket told = Use(socket, Call);
        Before();
        if (Fails(schedule.Faults / 12))
        {
            told.Reset(Errno.ECONNRESET);
        }

        if (told.CannotSend)
        {
            return Fail(Call, told, socket.Raw, 0, Errno.ENOTCONN);
        }

        JudgeEnd(told);
        told.FinSent = true;
        told.ShutMs = NowMs;
        told.Edge();
        return Say(Call, socket.Raw, 0, "done", Moved.Bytes(0));
    }

    public override void ShutdownBoth(BorrowedFd socket)
    {
        ServedSocket told = Use(socket, "shutdown both");
        Before();
        Require(told.IsUnix, "TCP shut down both ways drops what its peer still sends");
        if (!told.CannotSend)
        {
            JudgeEnd(told);
            told.FinSent = true;
        }

        told.IsShutDown = true;
        trace.Add("shutdown both", "done", socket.Raw, 0, 0);
    }

    public override void Close(int fd)
    {
        if (ListenerAt(fd) is { } listener)
        {
            CloseListener(listener);
            return;
        }

        ServedSocket socket = Use(BorrowedFd.FromRaw(fd), "close");
        Before();
        socket.Watch?.Forget(socket);
        string how = HowItCloses(socket);
        _ = _open.Remove(fd);
        socket.IsClosed = true;
        socket.OwesEdge = false;
        socket.IsShutDown |= socket.IsUnix;
        _ = _actors.RemoveAll(actor => actor is ServedDial && actor.ActsOn(socket));
        if (!socket.IsClient && socket.Partner is { IsClosed: false } client)
        {
            _dialing[Running] = client;
        }

        _fruitless = 0;
        trace.Add("close", how, fd, 0, 0);
    }

    private void CloseListener(ServedListener listener)
    {
        Require(Running < 0 && !Epolls.Exists(epoll => epoll.Watches(listener)), "a listener closed while watched");
        listener.IsClosed = true;
        foreach (ServedSocket client in listener.Waiting)
        {
            client.IsClosed = true;
            client.Reset(Errno.ECONNRESET);
            trace.Add("close", "in the queue", listener.Fd, 0, 0);
        }

        listener.Waiting.Clear();
        _ = _open.Remove(listener.Fd);
        trace.Add("close", "a listener", listener.Fd, 0, 0);
    }

    /// <summary>A FIN to this one: it must have everything.</summary>
    private void JudgeEnd(ServedSocket told)
    {
        if (told.FinSent || told.State != ServedState.Connected)
        {
            return;
        }

        Require(told.Partner is { State: ServedState.Connected }, "an end for a client that has no upstream");
        bool isWhole = told.Partner!.IsDelivered;
        Require(
            isWhole || !HalfClose,
            $"{told.Fd} is told an end: it got {told.Given}, {told.Partner.Taken} were taken, " +
            $"{told.Partner.Inbox.Bytes} are left, end {told.Partner.FinReceived}");
    }

    private string HowItCloses(ServedSocket socket)
    {
        if (socket.State != ServedState.Connected)
        {
            return "not connected";
        }

        if (socket.CannotSend)
        {
            return "dead already";
        }

        if (socket.ClosesByReset)
        {
            JudgeReset(socket);
            socket.Reset(Errno.ECONNRESET);
            return "by a reset";
        }

        if (!socket.IsClient && !socket.IsRelayed && !socket.Partner!.IsRelayed)
        {
            return "never used"; // It has answered, and nobody wants it any more.
        }

        const int SlackMs = 100; // Time goes on from call to call.
        bool hasLingered = socket.ShutMs + Lingering.TimeoutMs <= NowMs + SlackMs;
        if (!socket.LacksMemory && !hasLingered)
        {
            Require(socket.Inbox.Bytes == 0, "closed with bytes that nobody read, which is a reset");
            Require(socket.IsUnix || socket.FinReceived, "closed while its peer may still send, which is a reset");
        }

        JudgeEnd(socket);
        string how = hasLingered ? "lingered in vain" : socket.FinSent ? "after FIN" : "with FIN";
        socket.FinSent = true;
        if (socket.Inbox.Bytes > 0)
        {
            socket.Reset(Errno.ECONNRESET);
        }

        return how;
    }

    /// <summary>Who has the whole stream, or was told so, is not reset: that would destroy what is underway. Unless its
    /// source has failed too, and nobody knows whether its end was one.</summary>
    private void JudgeReset(ServedSocket socket)
    {
        Require(!socket.FinSent || socket.IsUnix, $"{socket.Fd} is reset after its end");

        // The client is closed first, and what it still sends is dropped: that may find its end, too.
        bool isWhole = socket.Partner is { IsRelayed: true, IsDelivered: true, Errors.Count: 0 } partner
            && partner.EndedInRound < (socket.IsClient ? long.MaxValue : Round);
        Require(!isWhole, $"{socket.Fd} is reset, and has everything");
    }

    /// <summary>The peer of a closed socket has acted: what it sends now is answered with a reset.</summary>
    private static void MeetClosed(ServedSocket closed)
    {
        if (closed.Inbox.Bytes > 0 && !closed.IsReset)
        {
            closed.Reset(Errno.ECONNRESET);
        }
    }
}
