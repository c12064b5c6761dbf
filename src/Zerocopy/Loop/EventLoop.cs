using System.Diagnostics;
using System.Numerics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One epoll thread: collects what became ready, then gives everybody who waits for it a turn.</summary>
/// <remarks>
/// It knows descriptors, timers and turns, and nothing of who shares them (<see cref="SharedWatches"/>) or why. User
/// code never runs here. Everything but <see cref="Enqueue"/>, <see cref="Wakes"/> and <see cref="NowMs"/> belongs to
/// the loop's thread.
/// </remarks>
internal sealed class EventLoop
{
    private static readonly Lock s_lock = new();
    private static EventLoop[] s_alive = []; // Replaced whole, under the lock.

    [ThreadStatic]
    private static EventLoop? s_current;

    private readonly IEpoll _epoll;
    private readonly Waker _waker;
    private readonly SlotMap<IReadinessHandler> _slots = new();
    private ulong[] _tokenOf = new ulong[64]; // By number: descriptors are small. 0: none.
    private readonly WorkQueue _work = new();
    private volatile bool _isStopping;
    private long _wakes;

    /// <summary>A loop without a thread: <see cref="RunOnce"/> is called by whoever made it.</summary>
    internal EventLoop(IEpoll epoll)
    {
        _epoll = epoll;
        _waker = new Waker(epoll);
        Wheel = new TimerWheel(epoll.NowMs);
    }

    /// <summary>Starts a loop with a thread of its own.</summary>
    internal static EventLoop Start(string name)
    {
        EventLoop loop = new(new Epoll());
        PoolQueue.Prepare();
        new Thread(loop.Main) { IsBackground = true, Name = name }.UnsafeStart();
        lock (s_lock)
        {
            s_alive = [.. s_alive, loop];
        }

        return loop;
    }

    /// <summary>Milliseconds that never go back. Any thread.</summary>
    internal static long NowMs => Environment.TickCount64;

    /// <summary>The same by this loop's own clock, which in a simulation is another one.</summary>
    internal long ClockMs => _epoll.NowMs;

    internal TimerWheel Wheel { get; }

    /// <summary>True on this loop's own thread.</summary>
    internal bool IsCurrent => s_current == this;

    /// <summary>Descriptors watched now. For tests.</summary>
    internal int WatchCount => _slots.Count;

    /// <summary>How often it has asked epoll and given turns.</summary>
    internal long Rounds { get; private set; }

    /// <summary>How often it has woken from a sleep. For tests; any thread.</summary>
    internal long Wakes => Volatile.Read(ref _wakes);

    /// <summary>Gives <paramref name="work"/> a turn, soon. Any thread.</summary>
    internal void Enqueue(LoopWork work)
    {
        if (IsCurrent)
        {
            _work.Append(work);
            return;
        }

        _work.Post(work);
        _waker.Wake();
    }

    /// <summary>Wakes one loop, if there is any. Any thread.</summary>
    internal static void WakeAny()
    {
        if (Volatile.Read(ref s_alive) is [EventLoop first, ..])
        {
            first._waker.Wake();
        }
    }

    /// <summary>Has epoll tell <paramref name="handler"/> of a descriptor. What is ready already is reported.</summary>
    /// <param name="fd">Open, and not watched: who shares one asks <see cref="SharedWatches"/>.</param>
    /// <param name="events">What is asked for, and whether each edge is told or the level as long as it lasts.</param>
    /// <param name="handler">Called on this thread, with marks; it acts later.</param>
    /// <param name="token">Names it, whatever becomes of the number; 0 if it is not watched.</param>
    /// <returns>0 or why not: EPERM is a descriptor that epoll does not know.</returns>
    internal Errno Watch(BorrowedFd fd, EpollEvents events, IReadinessHandler handler, out ulong token)
    {
        Debug.Assert(IsCurrent);
        if (fd.Raw >= _tokenOf.Length)
        {
            Array.Resize(ref _tokenOf, (int)BitOperations.RoundUpToPowerOf2((uint)fd.Raw + 1));
        }

        token = _slots.Add(handler);
        Errno error = _epoll.Add(fd, events, token);
        if (error == Errno.EEXIST)
        {
            // The same open file under the same number, of an earlier watch that could not be taken out: the number
            // was closed and has come back by dup2. It is ours now.
            error = _epoll.Modify(fd, events, token);
        }

        if (error != 0)
        {
            _slots.Remove(token);
            token = 0;
            return error;
        }

        _tokenOf[fd.Raw] = token;
        return 0;
    }

    /// <summary>Asks for something else. What is ready is reported once more.</summary>
    /// <returns>0 or why not: ENOENT if this number is another watch's by now.</returns>
    internal Errno Modify(BorrowedFd fd, EpollEvents events, ulong token)
        => _tokenOf[fd.Raw] == token ? _epoll.Modify(fd, events, token) : Errno.ENOENT;

    /// <summary>Out of epoll; events that were collected already are stale from here on.</summary>
    /// <param name="fd">May be closed, or somebody else's by now: what is watched under this number since then
    /// stays.</param>
    /// <param name="token">Of <see cref="Watch"/>.</param>
    internal void Unwatch(BorrowedFd fd, ulong token)
    {
        Debug.Assert(IsCurrent && token != 0);
        if (_tokenOf[fd.Raw] == token)
        {
            _tokenOf[fd.Raw] = 0;
            _ = _epoll.Remove(fd); // A stranger's number: ENOENT or EBADF.
        }

        _slots.Remove(token);
    }

    /// <summary>The descriptor is closed next, and with it the only one of its file: epoll drops it without being
    /// asked. Not for one that was duplicated or sent, whose events would go on.</summary>
    internal void Forget(BorrowedFd fd, ulong token)
    {
        Debug.Assert(IsCurrent && _tokenOf[fd.Raw] == token);
        _tokenOf[fd.Raw] = 0;
        _slots.Remove(token);
    }

    /// <summary>Its thread ends after the turn that is going on. Nothing of it may be watched or posted any more. Any
    /// thread.</summary>
    internal void Stop()
    {
        lock (s_lock)
        {
            s_alive = Array.FindAll(s_alive, loop => loop != this);
        }

        _isStopping = true;
        _waker.Wake();
    }

    /// <summary>Sleeps until there is something to do, and does it once. By its own thread, or by one that has made it
    /// without.</summary>
    internal void RunOnce()
    {
        s_current = this;
        Rounds++;
        Collect();
        _work.TakePosted();
        Wheel.Advance(ClockMs);
        if (PoolQueue.IsStarved)
        {
            PoolQueue.Retry();
        }

        _work.RunOnce();
    }

    private void Main()
    {
        try
        {
            while (!_isStopping)
            {
                RunOnce();
            }

            _epoll.Dispose();
        }
        catch (Exception e)
        {
            // A broken invariant here would silently stall every transfer of this loop.
            Environment.FailFast("The event loop of Zerocopy failed.", e);
        }
    }

    private void Collect()
    {
        int timeoutMs = 0;
        if (!_work.HasRunnable)
        {
            _waker.BeginSleep();
            timeoutMs = _work.HasPosted ? 0 : SleepMs();
        }

        SysResult count = _epoll.Wait(timeoutMs);
        _waker.EndSleep();
        if (timeoutMs != 0)
        {
            Volatile.Write(ref _wakes, _wakes + 1);
        }

        if (count.IsError)
        {
            if (count.Errno != Errno.EINTR) // The timeout is stale then: compute it again.
            {
                throw ThrowHelper.Kernel("epoll_wait", (int)count.Errno);
            }

            return;
        }

        for (int i = 0; i < (int)count.Value; i++)
        {
            EpollEvent e = _epoll.EventAt(i);
            _slots.Find(e.Token)?.OnReadiness(EpollReadiness.From(e.Events));
        }
    }

    private int SleepMs() => PoolQueue.IsStarved ? TimerWheel.TickMs : Wheel.NextTimeoutMs(ClockMs);
}
