using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One epoll thread: collects what became ready, then gives everybody who waits for it a turn.</summary>
/// <remarks>
/// Edge-triggered, all events once, never EPOLL_CTL_MOD. User code never runs here. Everything but <see
/// cref="Enqueue"/> and <see cref="NowMs"/> belongs to the loop's thread.
/// </remarks>
internal sealed class EventLoop
{
    private const int EventsMax = 256;
    private const int SweepMs = 100;
    private const int IdleRegistrationsMax = 1024;

    [ThreadStatic]
    private static EventLoop? s_current;

    private readonly OwnedFd _epoll;
    private readonly Waker _waker = new();
    private readonly SlotMap<IReadinessHandler> _slots = new();
    private Registration?[] _byFd = new Registration?[64]; // Descriptors are small numbers.
    private int _watched;
    private readonly Stack<Registration> _idleRegistrations = new();
    private readonly EpollEventBuffer _events = new(EventsMax);
    private readonly WorkQueue _work = new();
    private long _sweepDueMs;
    private int _sweeps;

    internal EventLoop(string name)
    {
        SysResult made = Syscall.EpollCreate(EpollCreateFlags.CloseOnExec);
        if (made.IsError)
        {
            throw ThrowHelper.Kernel("epoll_create1", (int)made.Errno);
        }

        _epoll = OwnedFd.FromRaw((int)made.Value);
        Wheel = new TimerWheel(NowMs);
        Errno error = Add(_waker.Handle, EpollReadiness.Waker, _slots.Add(_waker));
        if (error != 0)
        {
            throw ThrowHelper.Kernel("epoll_ctl", (int)error);
        }

        new Thread(Main) { IsBackground = true, Name = name }.UnsafeStart();
    }

    /// <summary>Milliseconds that never go back. Any thread.</summary>
    internal static long NowMs => Environment.TickCount64;

    internal TimerWheel Wheel { get; }

    /// <summary>The loop of the calling thread, which must be one.</summary>
    internal static EventLoop Current => s_current!;

    /// <summary>True on this loop's own thread.</summary>
    internal bool IsCurrent => s_current == this;

    /// <summary>Descriptors watched now. For tests.</summary>
    internal int RegistrationCount => _watched;

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

    /// <summary>Watches a descriptor for <paramref name="handler"/>. What is ready already is reported as an
    /// edge.</summary>
    /// <param name="handle">Leased by the caller during the call.</param>
    /// <param name="fd">Its descriptor.</param>
    /// <param name="keepsLease">See <see cref="Registration.KeepsLease"/>.</param>
    /// <param name="handler">Told of every edge until detached.</param>
    /// <param name="error">Why not, when null is returned: EPERM is a descriptor that epoll does not know.</param>
    internal Registration? Attach(
        SafeHandle handle, int fd, bool keepsLease, IReadinessHandler handler, out Errno error)
    {
        Debug.Assert(IsCurrent);
        error = 0;
        if (fd >= _byFd.Length)
        {
            Array.Resize(ref _byFd, (int)BitOperations.RoundUpToPowerOf2((uint)fd + 1));
        }

        if (_byFd[fd] is { } known && (ReferenceEquals(known.Handle, handle) || !known.Look()))
        {
            known.Attach(handler);
            return known;
        }

        Registration registration = _idleRegistrations.TryPop(out Registration? idle) ? idle : new Registration();
        registration.Open(handle, fd, keepsLease);
        registration.Token = _slots.Add(registration);
        error = Add(handle, EpollReadiness.Watched, registration.Token);
        if (error != 0)
        {
            _slots.Remove(registration.Token);
            registration.Close();
            return null;
        }

        if (_watched++ == 0)
        {
            _sweepDueMs = NowMs + SweepMs;
        }

        _byFd[fd] = registration;
        registration.Attach(handler);
        return registration;
    }

    /// <summary>Stops telling <paramref name="handler"/>. The last one takes the descriptor out of epoll, and only
    /// under a live lease: a late removal by number would hit the number's next owner.</summary>
    internal void Detach(Registration registration, IReadinessHandler handler)
    {
        Debug.Assert(IsCurrent);
        registration.Detach(handler);
        if (registration.HasHandlers)
        {
            return;
        }

        if (!registration.IsClosed)
        {
            if (FdLease.TryAcquire(registration.Handle!, out FdLease lease))
            {
                using OwnedLease epoll = new(_epoll);
                _ = Syscall.EpollRemove(epoll.Fd, lease.Fd); // ENOENT: the number was closed and taken again under us.
                lease.Release();
            }

            Forget(registration);
        }

        registration.Close();
        if (_idleRegistrations.Count < IdleRegistrationsMax)
        {
            _idleRegistrations.Push(registration);
        }
    }

    /// <summary>Events of this registration are stale from here on.</summary>
    internal void Forget(Registration registration)
    {
        _slots.Remove(registration.Token);
        _byFd[registration.Fd] = null;
        _watched--;
    }

    private Errno Add(SafeHandle handle, EpollEvents events, ulong token)
    {
        using OwnedLease epoll = new(_epoll);
        using OwnedLease lease = new(handle);
        return Syscall.EpollAdd(epoll.Fd, lease.Fd, events, token).Errno;
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
                long nowMs = NowMs;
                Wheel.Advance(nowMs);
                Sweep(nowMs);
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

        using OwnedLease epoll = new(_epoll);
        SysResult count = Syscall.EpollWait(epoll.Fd, _events, timeoutMs);
        _waker.EndSleep();
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

    private int SleepMs()
    {
        long nowMs = NowMs;
        int sleepMs = Wheel.NextTimeoutMs(nowMs);
        if (PoolQueue.IsStarved)
        {
            return TimerWheel.TickMs;
        }

        if (_watched > 0)
        {
            int sweepMs = (int)Math.Max(_sweepDueMs - nowMs, 0);
            sleepMs = sleepMs < 0 ? sweepMs : Math.Min(sleepMs, sweepMs);
        }

        return sleepMs;
    }

    private void Sweep(long nowMs)
    {
        if (_watched == 0 || nowMs < _sweepDueMs)
        {
            return;
        }

        _sweepDueMs = nowMs + SweepMs;
        _sweeps++;
        for (int fd = 0; fd < _byFd.Length; fd++)
        {
            // What holds a lease is woken by nearly every dispose, so a quarter of those at a time will do.
            if (_byFd[fd] is { } registration && (!registration.KeepsLease || (fd + _sweeps) % 4 == 0))
            {
                _ = registration.Look();
            }
        }
    }

    /// <summary>A lease on a handle that this loop or its caller keeps alive.</summary>
    private ref struct OwnedLease
    {
        private FdLease _lease;

        internal OwnedLease(SafeHandle handle)
        {
            bool held = FdLease.TryAcquire(handle, out _lease);
            Debug.Assert(held);
        }

        internal readonly BorrowedFd Fd => _lease.Fd;

        public void Dispose() => _lease.Release();
    }
}
