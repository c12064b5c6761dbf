using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>Accepts from one listening socket on one loop.</summary>
/// <remarks>The socket is in every loop's epoll, level-triggered, and each wake goes to one of them (EPOLLEXCLUSIVE). A
/// pause takes it out of this loop's and puts it back: an exclusive entry cannot be modified.</remarks>
internal sealed class ListenerOperation : LoopWork, IReadinessHandler
{
    private const EpollEvents Watched = EpollEvents.In | EpollEvents.Exclusive;
    private const int BatchMax = 64;
    private const int WantMs = 100; // For want of descriptors it tries again so soon, or when a connection ends.

    private readonly ServerLoop _loop;
    private readonly ListeningSocket _socket;
    private readonly IKernel _kernel;
    private States _state = States.Stopped;
    private ulong _token;
    private int _batch = 1;
    private long _lastRound; // Of the loop, when it accepted last.

    internal ListenerOperation(ServerLoop loop, ListeningSocket socket)
    {
        _loop = loop;
        _socket = socket;
        _kernel = loop.Core.Kernel;
        _ = Timer; // Made now, so that no memory is needed for a pause.
    }

    private enum States
    {
        /// <summary>Not watched, and it will not be.</summary>
        Stopped,

        /// <summary>Watched.</summary>
        Listening,

        /// <summary>Not watched, until there is room for one more connection.</summary>
        Full,

        /// <summary>Not watched, until a connection ends or some time has passed.</summary>
        Wanting,
    }

    public void OnReadiness(Readiness readiness) => Post();

    /// <returns>0, or why it cannot be watched.</returns>
    internal Errno Listen()
    {
        Debug.Assert(_state != States.Listening);
        Errno error = _loop.Loop.Watch(_socket.Fd, Watched, this, out _token);
        _state = error == 0 ? States.Listening : _state;
        return error;
    }

    /// <summary>There may be what it waits for.</summary>
    internal void Resume(bool full, bool wanting)
    {
        if ((full && _state == States.Full) || (wanting && _state == States.Wanting))
        {
            GoOn();
        }
    }

    internal void Stop()
    {
        Unwatch();
        _loop.Loop.Wheel.Disarm(Timer);
        SetState(States.Stopped);
    }

    protected override void Enqueue() => _loop.Loop.Enqueue(this);

    protected override bool Failed(Exception exception)
    {
        PauseForWant(Errno.ENOMEM);
        return false;
    }

    protected override bool Turn()
    {
        switch (_state)
        {
            case States.Listening:
                Accept();
                break;
            case States.Wanting when !HasDeadline: // It is time, and no wake that came before the pause.
                GoOn();
                break;
        }

        return false;
    }

    /// <summary>Accepts one while wake-ups bring one each, and more where the loop comes back at once and finds more:
    /// then a call that finds nobody is cheaper than another round.</summary>
    private void Accept()
    {
        _batch = _loop.Loop.Rounds == _lastRound + 1 ? Math.Min(_batch * 2, BatchMax) : 1;
        _lastRound = _loop.Loop.Rounds;
        for (int i = 0; i < _batch; i++)
        {
            ConnectionOperation connection = _loop.Take(); // First: it may need memory, and then nothing has happened.
            if (!_loop.Core.TryReserve())
            {
                _loop.GiveBack(connection);
                PauseAsFull();
                return;
            }

            if (!TryAccept(connection))
            {
                _loop.GiveBack(connection);
                _loop.Core.GiveBack();
                return;
            }
        }
    }

    /// <returns>False if there is no more to accept now.</returns>
    private bool TryAccept(ConnectionOperation connection)
    {
        Moved accepted;
        do
        {
            accepted = _kernel.Accept(_socket.Fd, connection.Client.Room128, out int length);
            connection.Client.SetLength(length);
        }
        while (accepted.IsError && IsOfTheConnection((Errno)accepted.Error));

        if (accepted.IsError)
        {
            if (!accepted.IsWouldBlock) // Otherwise another loop was faster.
            {
                PauseForWant((Errno)accepted.Error);
            }

            return false;
        }

        _loop.Counters.Accepted();
        ServerLoop target = _loop.Core.Lightest(_loop);
        target.Raise();
        connection.Begin(target, _socket, accepted.Count);
        if (target == _loop)
        {
            connection.RunFirst(); // Here and now.
        }
        else
        {
            _loop.Counters.HandedOver();
            connection.Post();
        }

        return true;
    }

    /// <summary>Not of the listener: that connection is gone, and the next one may be there (accept(2)).</summary>
    private static bool IsOfTheConnection(Errno error) => error is Errno.ECONNABORTED or Errno.EPROTO
        or Errno.ENETDOWN or Errno.ENOPROTOOPT or Errno.EHOSTDOWN or Errno.ENONET or Errno.EHOSTUNREACH
        or Errno.ENETUNREACH or Errno.ETIMEDOUT;

    private void PauseForWant(Errno error)
    {
        Unwatch();
        SetState(States.Wanting);
        long nowMs = _loop.Loop.ClockMs;
        _loop.Loop.Wheel.Arm(Timer, nowMs + WantMs);
        _loop.Counters.PausedForWant();
        _loop.Core.Settings.Warnings?.CannotAccept(error, nowMs);
    }

    private void PauseAsFull()
    {
        Unwatch();
        SetState(States.Full);
        ServerSettings settings = _loop.Core.Settings;
        _loop.Counters.PausedAsFull();
        settings.Warnings?.Full(settings.MaxConnections, settings.IsMaxByLimit, _loop.Loop.ClockMs);
        if (_loop.Core.HasRoom)
        {
            GoOn(); // The last one ended between the question and the pause, and saw nobody waiting.
        }
    }

    private void GoOn()
    {
        _loop.Loop.Wheel.Disarm(Timer);
        SetState(States.Stopped);
        Errno error = Listen();
        if (error != 0)
        {
            PauseForWant(error); // No room in the kernel to watch it.
        }
    }

    private void Unwatch()
    {
        if (_token != 0)
        {
            _loop.Loop.Unwatch(_socket.Fd, _token);
            _token = 0;
        }
    }

    /// <summary>The server counts those that wait, for who ends a connection looks whether anybody does.</summary>
    private void SetState(States state)
    {
        bool waited = _state is States.Full or States.Wanting;
        bool waits = state is States.Full or States.Wanting;
        _state = state;
        if (waited != waits)
        {
            _loop.Core.CountWaiting(waits ? 1 : -1);
        }
    }
}
