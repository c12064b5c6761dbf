// Runs one schedule of the server: plays its threads one after the other, the kernel, the world, and who stops it.
using Zerocopy.Properties.Simulation;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

/// <summary>One schedule. Setup.cs makes its world, Laws.cs judges.</summary>
internal sealed partial class ServerSimulation
{
    private const int TurnsMax = 200_000;
    private const int WaitsMax = 400; // What waits for ever and looks again and again is stopped then.

    private readonly ServerSchedule _schedule;
    private readonly SimRandom _random;
    private readonly ServedKernel _kernel;
    private readonly PageBudget _pages;
    private readonly BlockBudget _blocks;
    private readonly ServerSettings _settings;
    private readonly ServedListener[] _listeners;
    private readonly ListeningSocket[] _sockets;
    private readonly FlowHost[] _hosts;
    private readonly ServerCore _core;
    private readonly int _stopsAfter;
    private readonly bool _abortsAtOnce;
    private readonly int _busiest; // The loop that is woken first and runs most; -1 if there is none.
    private readonly long _startMs;
    private readonly Delivery _delivery;
    private Stages _stage;
    private Task? _stopping;
    private int _waits;

    private ServerSimulation(ServerSchedule schedule)
    {
        _schedule = schedule;
        _random = new SimRandom(schedule.Seed ^ 0x5E72E2);
        _pages = new PageBudget(_random.Chance(schedule.Faults / 4) ? _random.Pick<long>([0, 63, 64, 100]) : 1 << 20);
        int secondMark = _random.Chance(20) ? _random.Pick<int>([0, 16, 80, 200]) * 1024 : 1 << 30;
        _blocks = new BlockBudget(secondMark / _random.Pick<int>([1, 2, 4]), secondMark);
        _delivery = new Delivery(_records.AddRange, _warnings.Add);
        _settings = MakeSettings(MakeUpstreams());
        List<ServedEpoll> epolls = [];
        _kernel = new ServedKernel(schedule, _random, Trace)
        {
            Epolls = epolls,
            Upstream = _settings.Upstream,
            MakeUpstream = MakePeer,
            MakeSocket = isUnix => MakeSocket(isUnix, isClient: false),
            HalfClose = _settings.HalfClose,
            Mode = _settings.Flow.Mode,
        };
        for (int i = 0; i < schedule.Loops; i++)
        {
            epolls.Add(new ServedEpoll(_kernel, _random, schedule.Lateness));
        }

        _startMs = _kernel.NowMs;
        _listeners = [.. Enumerable.Range(0, _random.Between(1, 2)).Select(MakeListener)];
        _sockets = [.. _listeners.Select(
            listener => ListeningSocket.OpenSimulated(_kernel, listener.Fd, listener.EndPoint))];
        _hosts = [.. epolls.Select(MakeHost)];
        _core = new ServerCore(_settings, _kernel, _hosts, _sockets);
        _stopsAfter = _random.Chance(40) ? _random.Below(_random.Pick<int>([20, 300, 2000])) : int.MaxValue;
        _abortsAtOnce = _random.Chance(40);
        _kernel.AddActor(new Crowd(this, _listeners, schedule.Clients, _random.Pick<int>([1, 1, 4, 20])));
        _busiest = _random.Chance(30) ? _random.Below(schedule.Loops) : -1;
        _kernel.FirstWoken = _busiest;
        _kernel.GetCounts = _core.GetCounts;
    }

    private enum Stages
    {
        /// <summary>It has been told to listen.</summary>
        Starting,

        Serving,

        /// <summary>It listens no more, soon.</summary>
        Closing,

        /// <summary>What lives may go on.</summary>
        Draining,

        /// <summary>What lives is reset.</summary>
        Aborting,

        Over,
    }

    internal CallTrace Trace { get; } = new();

    internal static CallTrace Of(ServerSchedule schedule)
    {
        ServerSimulation simulation = new(schedule);
        try
        {
            simulation.Run();
        }
        catch (Exception e)
        {
            Exception broken = simulation._kernel.Broken ?? e;
            throw new LawBrokenException(
                $"{broken.Message}\nschedule {schedule} (set {ManySchedules.ReplayVariable} to it)\n" +
                $"{simulation.Trace.Tail()}\n{(broken is LawBrokenException ? "" : broken.ToString())}");
        }

        return simulation.Trace;
    }

    private void Run()
    {
        Task<Errno> listening = _core.ListenAsync();
        int slept = 0;
        for (int turns = 0; _stage != Stages.Over; turns++)
        {
            LawBrokenException.Require(turns < TurnsMax, "the server does not end");
            _kernel.GoOn();
            if (_stage == Stages.Starting && listening.IsCompleted)
            {
                _stage = Stages.Serving;
                Trace.Add("start", listening.Result == 0 ? "done" : "failed", -1, 0, 0);
                StopIf(listening.Result != 0);
            }

            StopIf(turns > _stopsAfter);
            GoOnStopping();
            slept = RunLoop(PickLoop()) ? slept + 1 : 0;
            if (slept > _hosts.Length && HaveAllSlept())
            {
                Wait();
                slept = 0;
            }
        }

        JudgeTheEnd();
    }

    private int PickLoop() => _busiest >= 0 && _random.Chance(70) ? _busiest : _random.Below(_hosts.Length);

    /// <summary>One round of one loop.</summary>
    /// <returns>True if it would have slept.</returns>
    private bool RunLoop(int index)
    {
        _kernel.Running = index;
        _kernel.Round++;
        _hosts[index].Loop.RunOnce();
        _kernel.Running = -1;
        if (_kernel.Broken is { } broken)
        {
            throw broken;
        }

        JudgeRound(index);
        return _kernel.Epolls[index].IsAsleep;
    }

    /// <summary>What was late is told now.</summary>
    private bool HaveAllSlept()
    {
        _kernel.TellsAll = true;
        bool haveSlept = true;
        for (int i = 0; i < _hosts.Length; i++)
        {
            int before = Trace.Calls;
            haveSlept &= RunLoop(i) && before == Trace.Calls;
        }

        _kernel.TellsAll = false;
        return haveSlept && _kernel.Epolls.TrueForAll(epoll => epoll.IsAsleep);
    }

    /// <summary>No loop can go on: the world moves, or time passes, or it is time to stop.</summary>
    private void Wait()
    {
        if (!_kernel.IsQuiet)
        {
            _kernel.Tick();
            return;
        }

        JudgeStall();
        long dueMs = _kernel.Epolls.Min(epoll => epoll.SleepsUntilMs);
        if (dueMs < long.MaxValue && (_waits++ < WaitsMax || _stage == Stages.Aborting))
        {
            _kernel.WaitUntil(dueMs);
        }
        else if (_stage == Stages.Serving)
        {
            StopIf(true);
        }
        else if (_stage == Stages.Draining && !_core.Ended.IsCompleted)
        {
            Abort();
        }
        else
        {
            LawBrokenException.Require(_core.Ended.IsCompleted, "nothing goes on, and the server has not stopped");
            _stage = Stages.Over;
        }
    }

    private void StopIf(bool isDue)
    {
        if (isDue && _stage == Stages.Serving)
        {
            _stage = Stages.Closing;
            _stopping = _core.StopListeningAsync();
        }
    }

    /// <summary>As RelayServer.StopAsync does it.</summary>
    private void GoOnStopping()
    {
        if (_stage == Stages.Closing && _stopping!.IsCompleted)
        {
            Array.ForEach(_sockets, socket => socket.Close());
            _core.Drain();
            Trace.Add("stop", _core.Ended.IsCompleted ? "nothing to drain" : "drain", -1, 0, 0);
            _stage = Stages.Draining;
            if (_abortsAtOnce && !_core.Ended.IsCompleted)
            {
                Abort();
            }
        }
    }

    private void Abort()
    {
        Trace.Add("stop", "abort", -1, (int)_core.GetCounters().Active, 0);
        _stage = Stages.Aborting;
        _core.Abort();
    }
}
