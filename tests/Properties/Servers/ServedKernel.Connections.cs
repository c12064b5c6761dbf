// Accept, dial, shut down and close.
using System.Net;
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed partial class ServedKernel
{
    private static readonly Errno[] s_ofTheConnection =
        [Errno.ECONNABORTED, Errno.EPROTO, Errno.ENETUNREACH, Errno.ETIMEDOUT];

    private static readonly Errno[] s_wants = [Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM];

    // By loop: who dials next. It has just watched its client, or closed what it had dialed before.
    private readonly Dictionary<int, ServedSocket> _dialing = [];

    internal int Accepted { get; private set; }

    /// <summary>Accepting was refused for want of something, or watching the listener again was.</summary>
    internal int Wants { get; private set; }

    internal long LastWantMs { get; private set; } = long.MinValue;

    /// <summary>The loop that is asked first whether it sleeps: as Linux does it, always the same. -1: any.</summary>
    internal int FirstWoken { get; set; } = -1;

    /// <summary>Where the server dials.</summary>
    internal required PeerAddress[] Upstream { get; init; }

    /// <summary>Makes the peer of an upstream that has answered.</summary>
    internal required Func<ServedSocket, SimPeer> MakeUpstream { get; init; }

    internal required Func<bool, ServedSocket> MakeSocket { get; init; }

    internal required bool HalfClose { get; init; }

    internal ServedListener? ListenerAt(int fd) => _open.GetValueOrDefault(fd) as ServedListener;

    internal ServedListener Listen(EndPoint endPoint)
    {
        ServedListener listener = new(TakeNumber(), endPoint);
        _open.Add(listener.Fd, listener);
        return listener;
    }

    /// <summary>A client has connected: the listening socket is readable for one loop that sleeps, and for those before
    /// it that do not; sometimes for more.</summary>
    internal void Arrive(ServedListener listener, ServedSocket client)
    {
        Sockets.Add(client);
        listener.Waiting.Enqueue(client);
        int first = FirstWoken >= 0 ? FirstWoken : random.Below(Epolls.Count);
        for (int i = 0; i < Epolls.Count; i++)
        {
            if (Epolls[(first + i) % Epolls.Count].Wake(listener) && !random.Chance(20))
            {
                return;
            }
        }
    }

    /// <summary>By epoll.</summary>
    internal Errno AddsListener(ServedListener listener, bool isAgain)
    {
        if (Fails(schedule.Faults / (isAgain ? 3 : 20)))
        {
            if (isAgain)
            {
                NoteWant();
            }

            return FailsToWatch(listener.Fd);
        }

        trace.Add("watch", "a listener", listener.Fd, Running, 0);
        return 0;
    }

    /// <summary>By epoll.</summary>
    internal Errno AddsSocket(BorrowedFd fd, ServedEpoll epoll, out ServedSocket socket)
    {
        socket = Use(fd, "watch");
        Require(epoll == Epolls[Running], "watched by another loop");
        Require(socket.Watch is null, $"{fd.Raw} is watched twice");
        if (Fails(schedule.Faults / 20))
        {
            socket.LacksMemory = true;
            Errno error = FailsToWatch(fd.Raw);
            _ = socket.Errors.Add(error);
            return error;
        }

        if (socket.IsClient)
        {
            _dialing[Running] = socket;
        }

        trace.Add("watch", "a socket", fd.Raw, Running, 0);
        return 0;
    }

    public override Moved Accept(BorrowedFd listener, Span<byte> address, out int addressLength)
    {
        const string Call = "accept";
        Before();
        addressLength = 0;
        ServedListener? from = ListenerAt(listener.Raw);
        Require(from is not null, $"{Call} of {listener.Raw}, which does not listen");
        Require(Running >= 0 && Epolls[Running].Watches(from!), "accepts where it does not watch");
        if (from!.Waiting.Count == 0)
        {
            return WouldBlock(Call, listener.Raw, 0, "nobody");
        }

        if (!HasNumbers(1) || Fails(schedule.Faults / 6))
        {
            NoteWant();
            return Fail(Call, null, listener.Raw, 0, HasNumbers(1) ? random.Pick<Errno>(s_wants) : Errno.EMFILE);
        }

        ServedSocket client = from.Waiting.Dequeue();
        if (Fails(schedule.Faults / 6))
        {
            client.IsClosed = true;
            client.Reset(Errno.ECONNRESET);
            _fruitless = 0;
            return Fail(Call, null, listener.Raw, 0, random.Pick<Errno>(s_ofTheConnection));
        }

        int fd = TakeNumber();
        _open.Add(fd, client);
        client.TakeNumber(fd);
        client.AcceptedBy = Running;
        client.MovedMs = NowMs;
        Accepted++;
        SocketAddress bytes = client.Address!.Serialize();
        bytes.Buffer.Span[..bytes.Size].CopyTo(address);
        addressLength = bytes.Size;
        return Say(Call, listener.Raw, 0, "a connection", Moved.Bytes(fd));
    }

    public override Moved OpenSocket(SocketDomain domain)
    {
        const string Call = "socket";
        Before();
        Require(_dialing.Remove(Running, out ServedSocket? client), "a socket for nobody");
        Require(!client!.IsClosed, "a socket for a client that is closed");
        if (!HasNumbers(1) || Fails(schedule.Faults / 8))
        {
            Errno error = HasNumbers(1) ? random.Pick<Errno>(s_wants) : Errno.EMFILE;
            return Fail(Call, client, -1, 0, error);
        }

        ServedSocket socket = MakeSocket(domain == SocketDomain.Unix);
        int fd = TakeNumber();
        _open.Add(fd, socket);
        Sockets.Add(socket);
        socket.TakeNumber(fd);
        socket.Loop = Running;
        socket.Partner = client;
        client.Partner = socket;
        return Say(Call, fd, client.Fd, "done", Moved.Bytes(fd));
    }

    public override Moved Connect(BorrowedFd socket, ReadOnlySpan<byte> address)
    {
        const string Call = "connect";
        ServedSocket dialed = Use(socket, Call);
        Before();
        Require(dialed is { IsClient: false, State: ServedState.Fresh }, "a socket connected twice");
        int at = -1;
        for (int i = 0; i < Upstream.Length; i++)
        {
            at = at < 0 && address.SequenceEqual(Upstream[i].Bytes) ? i : at;
        }

        Require(at >= 0 && Upstream[at].IsUnix == dialed.IsUnix, "dials where nobody told it to");
        return dialed.IsUnix ? ConnectUnix(dialed, at) : ConnectTcp(dialed, at);
    }

    private Moved ConnectUnix(ServedSocket dialed, int at)
    {
        const string Call = "connect";
        if (random.Chance(schedule.Faults / 3) && Fails(50))
        {
            return WouldBlock(Call, dialed.Fd, at, "full"); // Another one, a little later, may have room.
        }

        if (random.Chance(schedule.Faults / 5))
        {
            Errno error = random.Pick<Errno>([Errno.ECONNREFUSED, Errno.ENOENT, Errno.EACCES]);
            dialed.State = ServedState.Refused;
            return Fail(Call, dialed, dialed.Fd, at, error);
        }

        Answer(dialed);
        return Say(Call, dialed.Fd, at, "at once", Moved.Bytes(0));
    }

    private Moved ConnectTcp(ServedSocket dialed, int at)
    {
        const string Call = "connect";
        if (random.Chance(schedule.Faults / 8))
        {
            Errno error = random.Pick<Errno>([Errno.ECONNREFUSED, Errno.ENETUNREACH, Errno.EADDRNOTAVAIL]);
            dialed.State = ServedState.Refused;
            return Fail(Call, dialed, dialed.Fd, at, error);
        }

        if (random.Chance(10))
        {
            Answer(dialed);
            return Say(Call, dialed.Fd, at, "at once", Moved.Bytes(0));
        }

        dialed.State = ServedState.Connecting;
        AddActor(new ServedDial(this, dialed, random, schedule.Faults));
        return Fail(Call, null, dialed.Fd, at, Errno.EINPROGRESS);
    }

    /// <summary>The upstream answers.</summary>
    internal void Answer(ServedSocket dialed)
    {
        dialed.State = ServedState.Connected;
        dialed.MovedMs = NowMs;
        AddActor(MakeUpstream(dialed));
        dialed.Edge();
        trace.Add("answer", "connected", dialed.Fd, 0, 0);
    }

    /// <summary>It does not, or refuses.</summary>
    internal void Refuse(ServedSocket dialed, Errno error)
    {
        dialed.State = ServedState.Refused;
        dialed.Reset(error);
        trace.Add("answer", error.Name(), dialed.Fd, 0, 0);
    }

    public override int TakeError(BorrowedFd socket)
    {
        ServedSocket asked = Use(socket, "take error");
        Before();
        Errno error = asked.Error;
        asked.Error = 0;
        _ = asked.Errors.Add(error);
        trace.Add("take error", error == 0 ? "none" : error.Name(), socket.Raw, 0, 0);
        return (int)error;
    }

    public override void SetNoDelay(BorrowedFd tcpSocket)
    {
        Require(!Use(tcpSocket, "nodelay").IsUnix, "NODELAY of a unix socket");
        Before();
    }

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

    private void NoteWant()
    {
        Wants++;
        LastWantMs = NowMs;
    }

    private Errno FailsToWatch(int fd)
    {
        Errno error = random.Pick<Errno>([Errno.ENOSPC, Errno.ENOMEM]);
        trace.Add("watch", error.Name(), fd, Running, 0);
        return error;
    }
}
