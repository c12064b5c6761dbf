using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>One connection of a server, from accept to close: everything of it happens on one loop.</summary>
/// <remarks>It owns both descriptors throughout, and both ends with their epoll registration; what was learnt of them
/// while it dialed is what the relay begins with. Once over it is kept for the next connection.</remarks>
internal sealed partial class ConnectionOperation : FlowRunner
{
    private readonly OwnedDescriptor _clientFd = new();
    private readonly OwnedDescriptor _upstreamFd = new();
    private readonly SocketEnd _client = new();
    private readonly SocketEnd _upstream = new();
    private readonly RelayMachine _machine = new();
    private readonly FlowPair _flows;
    private AddressBuffer _clientAddress;
    private ServerLoop _loop = null!;
    private ListeningSocket _listener = null!;
    private Phases _phase;
    private DialMachine _dial;
    private IdleClock _idle;
    private ConnectionTimes _times;
    private int _tried; // Addresses of the upstream.
    private long _dialDueMs;
    private RelayConnectionEnd _end;
    private Errno _error;

    internal ConnectionOperation() => _flows = new FlowPair(_machine.Flows);

    private enum Phases : byte
    {
        /// <summary>Kept for the next connection: holds nothing.</summary>
        Resting,

        /// <summary>Accepted; its first turn is to come. Holds the client's descriptor.</summary>
        Arrived,

        /// <summary>The upstream has not answered. Holds both descriptors; of the client only marks are taken, and
        /// whether it is gone.</summary>
        Dialing,

        /// <summary>Bytes pass. Holds both descriptors.</summary>
        Relaying,
    }

    /// <summary>Where accept4 writes the client's address.</summary>
    internal ref AddressBuffer Client => ref _clientAddress;

    /// <summary>Its places in the list of its loop, to which they belong.</summary>
    internal ConnectionOperation? Next { get; set; }

    internal ConnectionOperation? Previous { get; set; }

    internal override FlowHost Host => _loop.Host;

    // A reset. Who only hangs up, as a unix client does by its close, may have sent something before.
    private bool HasClientLeft => _client.Has(Readiness.Failed);

    private ServerSettings Settings => _loop.Core.Settings;

    private IKernel Kernel => _loop.Core.Kernel;

    private EventLoop Loop => _loop.Loop;

    private PeerAddress Upstream => Settings.Upstream[_tried];

    /// <summary>The one that it was connected to, or tried last.</summary>
    private PeerAddress LastUpstream => Settings.Upstream[Math.Min(_tried, Settings.Upstream.Length - 1)];

    /// <summary>Takes over a descriptor that was just accepted. The first turn is next, on its loop.</summary>
    internal void Begin(ServerLoop loop, ListeningSocket listener, int client)
    {
        Debug.Assert(_phase == Phases.Resting);
        _loop = loop;
        _listener = listener;
        _clientFd.Open(Kernel, client);
        _dial = default;
        _tried = 0;
        _error = 0;
        _times.Begin(Settings.Records is not null);
        _phase = Phases.Arrived;
    }

    /// <summary>The server stops: it ends, and its peers see a reset.</summary>
    internal void Abort()
    {
        if (_phase == Phases.Relaying)
        {
            _machine.EndBy(RelayEnd.Aborted);
            Post();
        }
        else
        {
            _dial.Fail(Errno.ECANCELED);
            Post();
        }
    }

    internal override void OnMarks()
    {
        bool isNews = _phase == Phases.Dialing
            ? _upstream.Marks != Readiness.None || HasClientLeft : _flows.CanStep(Loop.ClockMs);
        if (isNews)
        {
            Post();
        }
    }

    protected override void Enqueue() => Loop.Enqueue(this);

    protected override bool Turn()
    {
        long nowMs = Loop.ClockMs;
        if (_phase == Phases.Arrived)
        {
            _phase = Phases.Dialing;
            Arrive(nowMs);
        }
        else if (_phase == Phases.Dialing)
        {
            GoOnDialing(nowMs);
        }

        if (_phase == Phases.Relaying)
        {
            Relay(nowMs);
        }

        return _phase == Phases.Resting;
    }

    /// <summary>No memory, or a bug: it ends with that as its cause, and takes nothing with it.</summary>
    protected override bool Failed(Exception exception)
    {
        if (_phase == Phases.Relaying)
        {
            _flows.Break(FlowFault.Of("turn", exception));
            _machine.EndBy(RelayEnd.Failed, FlowFault.Of("turn", exception));
            EndRelay();
        }
        else
        {
            Debug.Assert(_phase == Phases.Dialing);
            EndDial(RelayConnectionEnd.NoDescriptors, Errno.ENOMEM);
        }

        return true;
    }

    private void BeginRelay(long nowMs)
    {
        _phase = Phases.Relaying;
        _times.Connected();
        _machine.Begin(Settings.HalfClose, Settings.LingerMs, endsByClose: true);
        MoveResources resources = Resources;
        _machine.Flows[0].Start(_client, _upstream, Settings.Route, Settings.Flow, default, resources, nowMs);
        _machine.Flows[1].Start(_upstream, _client, Settings.Route, Settings.Flow, default, resources, nowMs);
        _idle.Begin(Settings.IdleTimeoutMs, nowMs);
        resources.Totals.RelayBegan();
    }

    private void Relay(long nowMs)
    {
        _flows.Step(nowMs);
        _flows.AfterStep(nowMs);
        _times.Look(_machine.Flows);
        if (_idle.IsOver(_flows.BytesMoved, isRateLimited: false, nowMs))
        {
            _machine.EndBy(RelayEnd.IdleTimeout);
        }

        if (_machine.IsOver(nowMs) || !WaitForRelay(nowMs))
        {
            EndRelay();
        }
    }

    /// <summary>Sees to it that a later turn comes: at once, at an edge, or at a deadline.</summary>
    /// <returns>False if the kernel has no room to tell edges.</returns>
    private bool WaitForRelay(long nowMs)
    {
        if (_flows.CanStep(nowMs))
        {
            Post();
            return true;
        }

        int error = _upstream.Park(); // Not watched yet if connect(2) was done at once.
        if (error != 0)
        {
            _machine.EndBy(RelayEnd.Failed, new FlowFault(error, "epoll_ctl", TransferSide.None, null));
            return false;
        }

        Arm(Math.Min(Math.Min(_machine.DueMs, _flows.NextDueMs), _idle.DueMs));
        return true;
    }

    private void EndRelay()
    {
        _machine.Conclude();
        _times.Look(_machine.Flows);
        bool wasIdle = _machine.EndedBy == RelayEnd.IdleTimeout;
        Resources.Totals.RelayEnded(wasIdle);
        _client.CloseOurs(Loop, _machine.IsCutOff(0), _machine.HasFinished(0));
        _upstream.CloseOurs(Loop, _machine.IsCutOff(1), _machine.HasFinished(1));
        _end = RelayConnectionEnd.Relayed;
        End();
    }

    /// <summary>Both descriptors are closed: it is told of, and kept for the next one.</summary>
    private void End()
    {
        if (HasDeadline)
        {
            Loop.Wheel.Disarm(Timer);
        }

        if (_end == RelayConnectionEnd.Relayed)
        {
            _loop.Counters.Relayed(_machine.EndedBy, _machine.Flows[0].Counters, _machine.Flows[1].Counters);
        }
        else
        {
            _loop.Counters.NotRelayed(_end);
        }

        Settings.Records?.Add(this);
        if (_phase == Phases.Relaying)
        {
            _machine.Forget();
        }

        _phase = Phases.Resting;
        _loop.Remove(this);
    }

    /// <summary>What it was, while it ends.</summary>
    internal RelayConnection ToRecord() => new()
    {
        Id = _loop.Core.NextId(),
        Listener = _listener.EndPoint,
        Client = _clientAddress.ToEndPoint(),
        Upstream = LastUpstream.EndPoint,
        AcceptedAt = _times.AcceptedAt,
        Connected = _times.ConnectedAfter,
        FirstByteToUpstream = _times.FirstByteAfter(0),
        FirstByteToClient = _times.FirstByteAfter(1),
        ClientEnded = _times.EndAfter(0),
        UpstreamEnded = _times.EndAfter(1),
        Duration = _times.UntilNow,
        End = _end,
        Error = _end == RelayConnectionEnd.Relayed ? _machine.ToResult().Error : (int)_error,
        Relay = _end == RelayConnectionEnd.Relayed ? _machine.ToResult() : default,
    };

    private void Arm(long dueMs)
    {
        if (dueMs != long.MaxValue)
        {
            Loop.Wheel.Arm(Timer, dueMs);
        }
        else if (HasDeadline)
        {
            Loop.Wheel.Disarm(Timer);
        }
    }
}
