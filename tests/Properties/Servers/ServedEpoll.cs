// The epoll of one loop in the model: sockets by edges, listening sockets by their level, exclusively.
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

internal sealed class ServedEpoll(ServedKernel kernel, SimRandom random, int lateness) : IEpoll
{
    private readonly List<ServedSocket> _sockets = [];
    private readonly List<ListenerWatch> _listeners = [];
    private readonly HashSet<ServedListener> _known = []; // Those that it has ever watched.
    private readonly List<EpollEvent> _events = [];

    public long NowMs => kernel.NowMs;

    /// <summary>How many it watches.</summary>
    internal int Count => _sockets.Count + _listeners.Count;

    /// <summary>The last wait was a sleep, and nobody has ended it.</summary>
    internal bool IsAsleep { get; private set; }

    /// <summary>When that sleep ends by itself.</summary>
    internal long SleepsUntilMs { get; private set; }

    /// <summary>The last wait has told of something.</summary>
    internal bool HasTold => _events.Count > 0;

    public Errno Add(BorrowedFd fd, EpollEvents events, ulong token)
    {
        if (kernel.ListenerAt(fd.Raw) is { } listener)
        {
            kernel.Require(events == (EpollEvents.In | EpollEvents.Exclusive), "a listener watched otherwise");
            kernel.Require(!Watches(listener), "a listener watched twice");
            bool isAgain = _known.Contains(listener);
            Errno refused = kernel.AddsListener(listener, isAgain);
            if (refused == 0)
            {
                _ = _known.Add(listener);
                _listeners.Add(new ListenerWatch(listener, token) { IsReady = listener.Waiting.Count > 0 });
            }

            return refused;
        }

        Errno error = kernel.AddsSocket(fd, this, out ServedSocket socket);
        kernel.Require(events == EpollReadiness.Watched, "a socket watched for something else");
        if (error == 0)
        {
            socket.Watch = this;
            socket.Token = token;
            socket.IsRegistered = true;
            socket.Edge();
            _sockets.Add(socket);
        }

        return error;
    }

    public Errno Modify(BorrowedFd fd, EpollEvents events, ulong token)
    {
        kernel.Require(false, "a watch that is changed");
        return Errno.EINVAL;
    }

    public Errno Remove(BorrowedFd fd)
    {
        int number = fd.Raw;
        int at = _listeners.FindIndex(watch => watch.Listener.Fd == number);
        if (at >= 0)
        {
            _listeners.RemoveAt(at);
            return 0;
        }

        ServedSocket? socket = _sockets.Find(socket => socket.Fd == number);
        kernel.Require(socket is not null, $"{number} taken out of epoll, which does not have it");
        Forget(socket!);
        return 0;
    }

    public SysResult Wait(int timeoutMs)
    {
        kernel.GoOn();
        _events.Clear();
        if (!kernel.TellsAll && random.Chance(1))
        {
            IsAsleep = false;
            return SysResult.FromErrno(Errno.EINTR);
        }

        foreach (ServedSocket socket in _sockets)
        {
            if (socket.HasEdge && (kernel.TellsAll || !random.Chance(lateness)))
            {
                socket.HasEdge = false;
                EpollEvents mask = socket.Mask();
                if (mask != EpollEvents.None)
                {
                    _events.Add(new EpollEvent(mask, socket.Token));
                }
            }
        }

        foreach (ListenerWatch watch in _listeners)
        {
            watch.IsReady &= watch.Listener.Waiting.Count > 0;
            if (watch.IsReady && (kernel.TellsAll || !random.Chance(lateness)))
            {
                _events.Insert(random.Below(_events.Count + 1), new EpollEvent(EpollEvents.In, watch.Token));
            }
        }

        IsAsleep = timeoutMs != 0 && _events.Count == 0;
        SleepsUntilMs = timeoutMs < 0 ? long.MaxValue : NowMs + timeoutMs;
        return SysResult.FromValue(_events.Count);
    }

    public EpollEvent EventAt(int index) => _events[index];

    public void Interrupt() => IsAsleep = false;

    public void Dispose()
    {
    }

    internal bool Watches(ServedListener listener) => _listeners.Exists(watch => watch.Listener == listener);

    /// <summary>Somebody is in the queue: this loop will be told, if it watches.</summary>
    /// <returns>True if that has ended a sleep.</returns>
    internal bool Wake(ServedListener listener)
    {
        ListenerWatch? found = _listeners.Find(watch => watch.Listener == listener);
        if (found is null)
        {
            return false;
        }

        found.IsReady = true;
        bool slept = IsAsleep;
        IsAsleep = false;
        return slept;
    }

    internal void Forget(ServedSocket socket)
    {
        _ = _sockets.Remove(socket);
        socket.Watch = null;
        socket.IsRegistered = false;
        socket.HasEdge = false;
    }

    internal void Forget(ServedListener listener) => _listeners.RemoveAll(watch => watch.Listener == listener);

    private sealed class ListenerWatch(ServedListener listener, ulong token)
    {
        internal ServedListener Listener { get; } = listener;

        internal ulong Token { get; } = token;

        internal bool IsReady { get; set; }
    }
}
