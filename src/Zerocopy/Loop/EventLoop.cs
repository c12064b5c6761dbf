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
    private const int EventsMax = 256;

    private static EventLoop? s_any;

    [ThreadStatic]
    private static EventLoop? s_current;

    private readonly OwnedFd _epoll;
    private readonly Waker _waker = new();
    private readonly SlotMap<IReadinessHandler> _slots = new();
    private ulong[] _tokenOf = new ulong[64]; // By number: descriptors are small. 0: none, it is the waker's.
    private readonly EpollEventBuffer _events = new(EventsMax);
    private readonly WorkQueue _work = new();
    private long _wakes;

    internal EventLoop(string name)
    {
        SysResult made = Syscall.EpollCreate(EpollCreateFlags.CloseOnExec);
        if (made.IsError)
        {
            throw ThrowHelper.Kernel("epoll_create1", (int)made.Errno);
        }

        _epoll = OwnedFd.FromRaw((int)made.Value);
        Wheel = new TimerWheel(NowMs);
        Errno error = Watch(_waker.Fd, EpollReadiness.Waker, _waker, out _);
        if (error != 0)
        {
            throw ThrowHelper.Kernel("epoll_ctl", (int)error);
        }

        new Thread(Main) { IsBackground = true, Name = name }.UnsafeStart();
        Volatile.Write(ref s_any, this);
    }

    /// <summary>Milliseconds that never go back. Any thread.</summary>
    internal static long NowMs => Environment.TickCount64;

    internal TimerWheel Wheel { get; }

    /// <summary>True on this loop's own thread.</summary>
    internal bool IsCurrent => s_current == this;

    /// <summary>Descriptors watched now, beside its own. For tests.</summary>
    internal int WatchCount => _slots.Count - 1;

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
    internal static void WakeAny() => Volatile.Read(ref s_any)?._waker.Wake();

    /// <summary>Has epoll tell <paramref name="handler"/> of a descriptor. What is ready already is reported.</summary>
    /// <param name="fd">Open, and not watched: who shares one asks <see cref="SharedWatches"/>.</param>
    /// <param name="events">What is asked for, and whether each edge is told or the level as long as it lasts.</param>
    /// <param name="handler">Called on this thread, with marks; it acts later.</param>
    /// <param name="token">Names it, whatever becomes of the number.</param>
    /// <returns>0 or why not: EPERM is a descriptor that epoll does not know.</returns>
    internal Errno Watch(BorrowedFd fd, EpollEvents events, IReadinessHandler handler, out ulong token)
    {
        Debug.Assert(IsCurrent || _slots.Count == 0); // The waker, before there is a thread.
        if (fd.Raw >= _tokenOf.Length)
        {
            Array.Resize(ref _tokenOf, (int)BitOperations.RoundUpToPowerOf2((uint)fd.Raw + 1));
        }

        token = _slots.Add(handler);
        Errno error = Syscall.EpollAdd(_epoll.Borrow(), fd, events, token).Errno;
        if (error == Errno.EEXIST)
        {
            // The same open file under the same number, of an earlier watch that could not be taken out: the number
            // was closed and has come back by dup2. It is ours now.
            error = Syscall.EpollModify(_epoll.Borrow(), fd, events, token).Errno;
        }

        if (error != 0)
        {
            _slots.Remove(token);
            return error;
        }

        _tokenOf[fd.Raw] = token;
        return 0;
    }

    /// <summary>Asks for something else. What is ready is reported once more.</summary>
    /// <returns>0 or why not: ENOENT if this number is another watch's by now.</returns>
    internal Errno Modify(BorrowedFd fd, EpollEvents events, ulong token)
        => _tokenOf[fd.Raw] == token ? Syscall.EpollModify(_epoll.Borrow(), fd, events, token).Errno : Errno.ENOENT;

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
            _ = Syscall.EpollRemove(_epoll.Borrow(), fd); // A stranger's number: ENOENT or EBADF.
        }

        _slots.Remove(token);
    }

    private void Main()
    {
        s_current = this;
        try
        {
            while (true)
            {
                Collect();
                _work.TakePosted();
                Wheel.Advance(NowMs);
                if (PoolQueue.IsStarved)
                {
                    PoolQueue.Retry();
                }

                _work.RunOnce();
            }
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

        SysResult count = Syscall.EpollWait(_epoll.Borrow(), _events, timeoutMs);
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
            EpollEvent e = _events[i];
            _slots.Find(e.Token)?.OnReadiness(EpollReadiness.From(e.Events));
        }
    }

    private int SleepMs() => PoolQueue.IsStarved ? TimerWheel.TickMs : Wheel.NextTimeoutMs(NowMs);
}
