// The simulated kernel of a server: numbers that come back at once, sockets that are accepted, dialed and closed, and
// the peers behind them. This part is what lies around the calls.
using Zerocopy.Properties.Models;
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

/// <summary>Any legal result at any call, and every call judged: a number belongs to one socket from the call that
/// hands it out to its close, and that socket to one loop.</summary>
internal sealed partial class ServedKernel(ServerSchedule schedule, SimRandom random, CallTrace trace) : StubKernel
{
    private const int FirstFd = 3;
    private const int CallsMax = 100_000;
    private const int FruitlessMax = 2000;

    private readonly Dictionary<int, object> _open = [];
    private readonly List<SimActor> _actors = [];
    private readonly int _openMax = random.Chance(schedule.Faults / 2) ? random.Between(6, 40) : int.MaxValue;
    private int _faultsLeft = schedule.Faults == 0 ? 0 : random.Between(1, 12);
    private int _fruitless;

    internal long NowMs { get; private set; } = 1_000_000;

    /// <summary>The loop that runs; -1 if none does.</summary>
    internal int Running { get; set; } = -1;

    /// <summary>How many rounds of loops there were.</summary>
    internal long Round { get; set; }

    internal required List<ServedEpoll> Epolls { get; init; }

    /// <summary>The world stands still, and edges that are late are told now: it is asked whether any loop can go
    /// on.</summary>
    internal bool TellsAll { get; set; }

    /// <summary>The first law that was broken. What runs in turns takes an exception for its own failure.</summary>
    internal LawBrokenException? Broken { get; private set; }

    internal List<ServedSocket> Sockets { get; } = [];

    internal int OpenCount => _open.Count;

    /// <summary>How many more calls there may be that bring nothing: peers and time stand still.</summary>
    internal bool IsQuiet => _actors.TrueForAll(actor => actor.IsQuiet);

    internal void Require(bool holds, string law)
    {
        if (!holds)
        {
            LawBrokenException broken = new(law);
            Broken ??= broken;
            throw broken;
        }
    }

    internal void AddActor(SimActor actor) => _actors.Add(actor);

    /// <summary>The world goes on a little.</summary>
    internal void Tick()
    {
        if (random.Chance(20))
        {
            NowMs += random.Below(8);
        }

        if (_actors.Count > 0)
        {
            SimActor actor = _actors[random.Below(_actors.Count)];
            _fruitless = actor.IsQuiet ? _fruitless : 0;
            actor.Tick();
            if (actor is SimPeer { Socket: ServedSocket { IsClosed: true } closed })
            {
                MeetClosed(closed);
                if (actor.IsQuiet)
                {
                    _ = _actors.Remove(actor);
                }
            }
        }
    }

    internal void WaitUntil(long dueMs)
    {
        _fruitless = 0;
        NowMs = Math.Max(NowMs, dueMs);
    }

    /// <summary>Before whatever a loop asks: the world moves.</summary>
    internal void GoOn()
    {
        while (!TellsAll && random.Chance(schedule.Concurrency))
        {
            Tick();
        }
    }

    private void Before()
    {
        Require(trace.Calls < CallsMax, "the server spins");
        Require(++_fruitless < FruitlessMax, "the server calls and calls, and nothing comes of it");
        GoOn();
    }

    /// <summary>The socket that has this number now, if it is one of the loop that calls.</summary>
    private ServedSocket Use(BorrowedFd fd, string call)
    {
        _ = _open.TryGetValue(fd.Raw, out object? open);
        Require(open is ServedSocket, $"{call} of {fd.Raw}, which is no open socket");
        ServedSocket socket = (ServedSocket)open!;
        Require(Running >= 0, $"{call} of {fd.Raw} by no loop");
        if (socket.Loop < 0)
        {
            socket.Loop = Running;
            Require(Running == socket.DueLoop, $"{fd.Raw} is on loop {Running}, it is due on {socket.DueLoop}");
            trace.Add("balance", socket.AcceptedBy == Running ? "kept" : "handed over", fd.Raw, Running, 0);
        }

        Require(socket.Loop == Running, $"{call} of {fd.Raw} by loop {Running}, it is of loop {socket.Loop}");
        return socket;
    }

    private int TakeNumber()
    {
        int fd = FirstFd;
        while (_open.ContainsKey(fd) || random.Chance(15)) // Somebody else in this process takes one, too.
        {
            fd++;
        }

        return fd;
    }

    private bool HasNumbers(int count) => _open.Count + count <= _openMax;

    /// <summary>Something goes wrong, as seldom as the schedule says and a few times only.</summary>
    private bool Fails(int percent)
    {
        bool fails = _faultsLeft > 0 && random.Chance(percent);
        _faultsLeft -= fails ? 1 : 0;
        return fails;
    }

    private int Shorten(int count)
        => count > 1 && random.Chance(schedule.Shorts) ? random.Between(1, count - 1) : count;

    /// <summary>True if the peers were a little slower than in this model: would-block now, an edge later.</summary>
    private bool IsLate(ServedSocket socket, bool isRead)
    {
        bool isAllThere = socket.Inbox.UrgentMarks > 0 || socket.FinReceived || socket.CannotSend || socket.IsShutDown;
        if (!random.Chance(schedule.Spurious) || (isRead && isAllThere))
        {
            return false;
        }

        socket.OwesEdge = true;
        return true;
    }

    private Moved Say(string call, int fd, int asked, string result, Moved moved)
    {
        _fruitless = moved.IsError ? _fruitless : 0;
        trace.Add(call, result, fd, asked, moved.IsError ? -moved.Error : moved.Count);
        return moved;
    }

    private Moved Fail(string call, ServedSocket? socket, int fd, int asked, Errno error)
    {
        _ = socket?.Errors.Add(error);
        return Say(call, fd, asked, error.Name(), Moved.Failed((int)error));
    }

    private Moved WouldBlock(string call, int fd, int asked, string why)
        => Say(call, fd, asked, "EAGAIN " + why, Moved.WouldBlock);
}
