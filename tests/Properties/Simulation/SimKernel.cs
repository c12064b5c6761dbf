// The simulated kernel: any legal result at any call. Calls.cs holds the calls; this half, what lies around them.
using Zerocopy.Properties.Models;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

/// <summary>Sockets and pipes of the model, and the world that goes on while the flow runs.</summary>
/// <remarks>Legal means: the real kernel could have answered so, the peers having been a little faster or slower. So a
/// read may leave bytes behind only where splice does, or where an edge follows (they came just after); would-block
/// without a reason always owes an edge.</remarks>
internal sealed partial class SimKernel(Schedule schedule, SimRandom random, CallTrace trace) : StubKernel
{
    private const int CallsMax = 60_000;
    private const int FirstPipeFd = 1000;

    private readonly Dictionary<int, SimFd> _fds = [];
    private readonly HashSet<SimPipe> _ownPipes = [];
    private readonly List<SimActor> _actors = [];
    private int _nextSocketFd = 3;
    private int _nextPipeFd = FirstPipeFd;

    internal long NowMs { get; private set; } = 1_000_000;

    /// <summary>Pipes that the library has made for itself.</summary>
    internal int OpenPipes => _ownPipes.Count;

    internal int DirtyPipes => _ownPipes.Count(pipe => !pipe.Content.IsEmpty);

    /// <summary>Whose step is going on.</summary>
    internal SimDirection? Stepping { get; set; }

    /// <summary>Errors with which pipes were refused.</summary>
    internal HashSet<Errno> PipeErrors { get; } = [];

    /// <summary>Nothing will happen any more by itself.</summary>
    internal bool IsQuiet => _actors.TrueForAll(actor => actor.IsQuiet);

    internal SimSocket OpenSocket(bool isUnix)
    {
        SimSocket socket = new(_nextSocketFd++, isUnix) { RoomMax = random.Pick<int>([3000, 20_000, 87_040, 400_000]) };
        _fds.Add(socket.Fd, socket);
        return socket;
    }

    /// <summary>The user's pipe: the library did not make it, and does not close it.</summary>
    internal SimPipe OpenUserPipe(int slots)
    {
        SimPipe pipe = new(_nextPipeFd++, _nextPipeFd++, slots);
        _fds.Add(pipe.ReadEnd, pipe.ReadSide);
        _fds.Add(pipe.WriteEnd, pipe.WriteSide);
        return pipe;
    }

    internal void AddActor(SimActor actor) => _actors.Add(actor);

    /// <summary>The flow over it has ended, and what stood behind it goes as well.</summary>
    internal void Forget(SimFd fd)
    {
        _ = _actors.RemoveAll(actor => actor.ActsOn(fd));
        _ = _fds.Remove(fd.Fd);
    }

    /// <summary>The world goes on a little.</summary>
    internal void Tick()
    {
        if (random.Chance(20))
        {
            NowMs += random.Below(8);
        }

        if (_actors.Count > 0)
        {
            _actors[random.Below(_actors.Count)].Tick();
        }
    }

    internal void WaitUntil(long dueMs) => NowMs = Math.Max(NowMs, dueMs);

    /// <summary>Before every call of a direction: the world moves, and what is planned for this call happens.</summary>
    /// <returns>The error that this call fails with, or 0.</returns>
    private Errno Before(SimDirection direction, string call)
    {
        Before();
        LawBrokenException.Require(!direction.Flow.IsEnded, "a call after the end of the flow");
        if (direction.Planned is not { } planned || planned.Call != call)
        {
            return 0;
        }

        direction.Planned = planned.After > 0 ? planned with { After = planned.After - 1 } : null;
        return planned.After > 0 ? 0 : Happen(direction, planned);
    }

    private void Before()
    {
        LawBrokenException.Require(trace.Calls < CallsMax, "the flow spins");
        while (random.Chance(schedule.Concurrency))
        {
            Tick();
        }
    }

    private Errno Happen(SimDirection direction, Mishap mishap)
    {
        SimFd source = direction.Source.Descriptor;
        SimFd destination = direction.Destination.Descriptor;
        switch (mishap.Kind)
        {
            case MishapKind.Refusal:
                direction.Refusal = mishap.Error;
                return mishap.Error;
            case MishapKind.TargetClosed:
                direction.ClosesTarget = true;
                return 0;
            case MishapKind.TargetFailed:
            case MishapKind.NoMemory:
                return mishap.Error;
            case MishapKind.SourceReset:
                if (source is SimSocket { FinReceived: false } && !direction.HasLooked && random.Chance(70))
                {
                    source.Queue.Clear(); // Nobody has seen these bytes: the reset came before them.
                }

                source.Reset(mishap.Error);
                return 0;
            case MishapKind.DestinationReset:
                destination.Reset(mishap.Error);
                return 0;
            case MishapKind.SourceClosed when direction.Tees.Count > 0:
                direction.ClosesSource = true; // Its gate is held while bytes leave.
                return 0;
            case MishapKind.SourceClosed:
                source.CloseLocally((LocalClose)random.Between(1, 3), random.Chance(50));
                return 0;
            case MishapKind.DestinationClosed:
                destination.CloseLocally((LocalClose)random.Between(1, 3), random.Chance(50));
                return 0;
            default:
                direction.IsCanceled = true;
                return 0;
        }
    }

    private bool IsShort() => random.Chance(schedule.Shorts);

    private int Shorten(int count) => count > 1 && IsShort() ? random.Between(1, count - 1) : count;

    private Moved Say(string call, int fd, int asked, string result, Moved moved)
    {
        trace.Add(call, result, fd, asked, moved.IsError ? -moved.Error : moved.Count);
        return moved;
    }

    private Moved Fail(string call, SimDirection? direction, int fd, int asked, Errno error)
    {
        direction?.LastError = error;
        return Say(call, fd, asked, error.Name(), Moved.Failed((int)error));
    }

    private Moved WouldBlock(string call, int fd, int asked, string why)
        => Say(call, fd, asked, "EAGAIN " + why, Moved.WouldBlock);

    /// <summary>True if the peers were a little slower than in this model: would-block now, an edge later.</summary>
    private bool IsLate(SimFd fd, bool isRead)
    {
        // With a mark in the queue, data before it is there already; with FIN or a reset, so is everything.
        bool isAllThere = fd is SimSocket socket
            ? socket.Inbox.UrgentMarks > 0 || socket.FinReceived || socket.CannotSend
            : fd.HasSaidEnd;
        if (!random.Chance(schedule.Spurious) || fd.HasClaimed || (isRead && isAllThere))
        {
            return false;
        }

        fd.OwesEdge = true;
        return true;
    }
}
