// Runs one schedule from start to end: plays loop and driver around real flows, and judges them.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

/// <summary>One schedule. Setup.cs makes its flows, Laws.cs judges them.</summary>
internal sealed partial class Simulation
{
    private const int TurnsMax = 100_000;

    private readonly Schedule _schedule;
    private readonly SimRandom _random;
    private readonly SimKernel _kernel;
    private readonly PageBudget _budget;
    private readonly BlockBudget _blockBudget;
    private readonly bool _isPressed;
    private readonly int _secondMark;
    private int _takenByOthers;
    private readonly MoveResources _resources;
    private readonly List<SimDirection> _live = [];
    private readonly bool _polls;
    private int _nextStream = 1;

    private Simulation(Schedule schedule)
    {
        _schedule = schedule;
        _random = new SimRandom(schedule.Seed ^ 0x5EED);
        _kernel = new SimKernel(schedule, _random, Trace);
        _budget = new PageBudget(_random.Chance(schedule.Faults / 4) ? _random.Pick<long>([0, 63, 64, 100]) : 1 << 20);
        _isPressed = _random.Chance(30);
        _secondMark = _isPressed ? _random.Pick<int>([0, 0, 16, 20, 80, 200]) * 1024 : 1 << 30;
        _blockBudget = new BlockBudget(_secondMark / _random.Pick<int>([1, 2, 4]), _secondMark);
        _resources = new MoveResources(_kernel, _budget, _blockBudget, new FlowTotals(isShared: false));
        _polls = _random.Chance(15);
    }

    internal CallTrace Trace { get; } = new();

    internal static Simulation Of(Schedule schedule)
    {
        Simulation simulation = new(schedule);
        try
        {
            simulation.Run();
        }
        catch (Exception e)
        {
            throw new LawBrokenException(
                $"{e.Message}\nschedule {schedule} (set {ManySchedules.ReplayVariable} to it)\n" +
                $"{simulation.Trace.Tail()}\n{(e is LawBrokenException ? "" : e.ToString())}");
        }

        return simulation;
    }

    private void Run()
    {
        switch (_schedule.Kind)
        {
            case ScheduleKind.Relay:
                OpenRelay();
                RunAll();
                break;
            case ScheduleKind.Shared:
                RunShared();
                break;
            case ScheduleKind.Pipe:
                OpenPipeTransfer();
                RunAll();
                break;
            case ScheduleKind.Mirror:
                OpenMirrored();
                RunAll();
                break;
            case ScheduleKind.Tee:
                RunTeed();
                break;
            default:
                OpenTransfer(new Flow());
                RunAll();
                break;
        }

        JudgeResources();
    }

    /// <summary>Three at a time, until some have come and gone: what one gives back, the next one gets.</summary>
    private void RunShared()
    {
        int toCome = _random.Between(2, 6);
        Stack<Flow> idle = new([new Flow(), new Flow(), new Flow()]);
        for (int turns = 0; toCome > 0 || _live.Count > 0; turns++)
        {
            LawBrokenException.Require(turns < TurnsMax, "the flows do not end");
            if (toCome > 0 && idle.Count > 0 && (_live.Count == 0 || _random.Chance(10)))
            {
                toCome--;
                OpenTransfer(idle.Pop());
            }

            foreach (SimDirection ended in Turn())
            {
                idle.Push(ended.Flow);
            }
        }
    }

    private void RunAll()
    {
        for (int turns = 0; _live.Count > 0; turns++)
        {
            LawBrokenException.Require(turns < TurnsMax, "the flow does not end");
            _ = Turn();
        }
    }

    /// <summary>Something happens: the world moves, edges are told, a flow steps or is stopped.</summary>
    /// <returns>What has ended and given everything back.</returns>
    private List<SimDirection> Turn()
    {
        while (_random.Chance(_schedule.Concurrency))
        {
            _kernel.Tick();
        }

        TakeMemory();
        foreach (SimDirection direction in _live)
        {
            if (!_random.Chance(_schedule.Lateness))
            {
                TellEdges(direction);
            }
        }

        SimDirection? ready = PickReady();
        if (ready is not null)
        {
            Step(ready);
        }
        else
        {
            Wait();
        }

        return EndOver();
    }

    /// <summary>Other loops take of the same budget, and give back.</summary>
    private void TakeMemory()
    {
        if (_isPressed && _random.Chance(20))
        {
            _blockBudget.Release(_takenByOthers);
            _takenByOthers = _random.Chance(50) ? _random.Below(_secondMark + 1) : 0;
            if (!_blockBudget.TryReserve(_takenByOthers))
            {
                _takenByOthers = 0;
            }
        }
    }

    private SimDirection? PickReady()
    {
        long nowMs = _kernel.NowMs;
        SimDirection[] ready = [.. _live.Where(d => !d.Flow.IsEnded && (d.IsCanceled || d.Flow.CanStep(nowMs)))];
        return ready.Length == 0 ? null : ready[_random.Below(ready.Length)];
    }

    /// <summary>What the loop does with an event: the marks are what the descriptor is when it is asked.</summary>
    private static void TellEdges(SimDirection direction)
    {
        foreach ((FlowEnd end, SimFd fd) in direction.Ends)
        {
            if (fd.HasEdge)
            {
                fd.HasEdge = false;
                end.Marks |= EpollReadiness.From(fd.Mask());
            }
        }
    }

    private void Step(SimDirection direction)
    {
        Flow flow = direction.Flow;
        if (direction.IsCanceled)
        {
            flow.Stop(TransferEnd.Canceled);
            return;
        }

        if (direction.ClosesSource)
        {
            direction.Source.Descriptor.CloseLocally(LocalClose.Disconnect, isVisible: true);
        }

        if (!direction.Source.TryEnter())
        {
            flow.Stop(TransferEnd.SourceDisposed);
            return;
        }

        if (!direction.Destination.TryEnter())
        {
            flow.Stop(TransferEnd.DestinationDisposed);
            return;
        }

        if (direction.ClosesTarget)
        {
            CloseTarget(direction);
        }

        long before = flow.Counters.Consumed + flow.Counters.Written;
        int callsBefore = Trace.Calls;
        long nowMs = _kernel.NowMs; // The clock goes on during the step.
        _kernel.Stepping = direction;
        StepOutcome outcome = flow.Step(nowMs);
        _kernel.Stepping = null;
        JudgeStep(direction, outcome, nowMs, before, callsBefore);
    }

    /// <summary>Nobody can go on: late edges are told now, time passes, the peers act. If none of that can help
    /// any more, the flows must have a good reason to wait, and are stopped.</summary>
    private void Wait()
    {
        foreach (SimDirection direction in _live)
        {
            foreach ((_, SimFd fd) in direction.Ends)
            {
                Register(fd);
            }

            if (_polls)
            {
                Poll(direction);
            }
        }

        SimDirection[] waiting = [.. _live.Where(d => !d.Flow.IsEnded)];
        SimDirection[] late = [.. waiting.Where(d => d.Ends.Any(end => end.Fd.HasEdge))];
        if (late.Length > 0)
        {
            TellEdges(late[0]);
        }
        else if (waiting.Min(d => (long?)d.Flow.DueMs) is { } dueMs and < long.MaxValue)
        {
            _kernel.WaitUntil(dueMs);
        }
        else if (!_kernel.IsQuiet)
        {
            _kernel.Tick();
        }
        else
        {
            foreach (SimDirection direction in waiting.Where(d => !d.Flow.CanStep(_kernel.NowMs)))
            {
                JudgeStall(direction);
                direction.Flow.Stop(TransferEnd.IdleTimeout);
            }
        }
    }

    // The first wait registers; what is ready by then is reported as an edge.
    private static void Register(SimFd fd)
    {
        if (!fd.IsRegistered)
        {
            fd.IsRegistered = true;
            fd.Edge();
        }
    }

    /// <summary>What the sync driver does instead of taking edges: it asks for what the flow waits for.</summary>
    private static void Poll(SimDirection direction)
    {
        EpollEvents always = EpollEvents.HangUp | EpollEvents.Error;
        if (direction.Flow.Outcome == StepOutcome.SourceNotReady)
        {
            EpollEvents asked = EpollEvents.In | EpollEvents.ReadHangUp | EpollEvents.Priority | always;
            direction.Source.Marks |= EpollReadiness.From(direction.Source.Descriptor.Mask() & asked);
        }
        else if (direction.Flow.Outcome == StepOutcome.DestinationNotReady)
        {
            EpollEvents asked = EpollEvents.Out | always;
            direction.Destination.Marks |= EpollReadiness.From(direction.Destination.Descriptor.Mask() & asked);
        }
        else if (direction.Flow.Outcome == StepOutcome.TargetNotReady)
        {
            SimTarget target = direction.Targets.Single(target => target.End == direction.Flow.BlockedBy);
            target.End.Marks |= EpollReadiness.From(target.Pipe.WriteSide.Mask() & (EpollEvents.Out | always));
        }
    }
}
