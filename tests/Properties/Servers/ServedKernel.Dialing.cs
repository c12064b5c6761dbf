// A socket to an upstream, and how its connect ends.
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed partial class ServedKernel
{
    // By loop: who dials next. It has just watched its client, or closed what it had dialed before.
    private readonly Dictionary<int, ServedSocket> _dialing = [];

    /// <summary>Where the server dials.</summary>
    internal required PeerAddress[] Upstream { get; init; }

    /// <summary>Makes the peer of an upstream that has answered.</summary>
    internal required Func<ServedSocket, SimPeer> MakeUpstream { get; init; }

    internal required Func<bool, ServedSocket> MakeSocket { get; init; }

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
}
