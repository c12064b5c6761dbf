using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One epoll thread: collects what became ready, then gives everybody who waits for it a turn.</summary>
/// <remarks>
/// Edge-triggered, all events once. User code never runs here. Everything but <see cref="Enqueue"/>, <see
/// cref="Wakes"/> and <see cref="NowMs"/> belongs to the loop's thread.
/// </remarks>
internal sealed class EventLoop
{
    private const int EventsMax = 256;
    private const int IdleRegistrationsMax = 1024;

    private static EventLoop? s_any;

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
    private readonly Sweep _sweep = new();
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
        Errno error = Add(_waker.Handle, EpollReadiness.Waker, _slots.Add(_waker));
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

    /// <summary>The loop of the calling thread, which must be one.</summary>
    internal static EventLoop Current => s_current!;

    /// <summary>True on this loop's own thread.</summary>
    internal bool IsCurrent => s_current == this;

    /// <summary>Descriptors watched now. For tests.</summary>
    internal int RegistrationCount => _watched;

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

    /// <summary>Watches a descriptor for <paramref name="handler"/>. What is ready already is reported as an
    /// edge.</summary>
    /// <param name="handle">Leased by the caller during the call.</param>
    /// <param name="fd">Its descriptor.</param>
    /// <param name="keepsLease">See <see cref="Registration.KeepsLease"/>.</param>
    /// <param name="handler">Told of every edge until detached.</param>
    /// <param name="error">Why not, when null is returned: EPERM is a descriptor that epoll does not know.</param>
    internal Registration? Attach(
        SafeHandle handle, int fd, bool keepsLease, IFdWatcher handler, out Errno error)
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
            _sweep.Review(known, NowMs);
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

        _watched++;
        _byFd[fd] = registration;
        registration.Attach(handler);
        _sweep.Add(registration, NowMs);
        return registration;
    }

    /// <summary>Stops telling <paramref name="handler"/>. The last one takes the descriptor out of epoll.</summary>
    internal void Detach(Registration registration, IFdWatcher handler)
    {
        Debug.Assert(IsCurrent);
        registration.Detach(handler);
        if (registration.HasHandlers)
        {
            return;
        }

        if (!registration.IsClosed)
        {
            Forget(registration);
        }

        registration.Close();
        if (_idleRegistrations.Count < IdleRegistrationsMax)
        {
            _idleRegistrations.Push(registration);
        }
    }

    /// <summary>Out of epoll; its events are stale from here on.</summary>
    /// <remarks>Also if the handle was closed, because that need not close the descriptor: a handle may not own it. By
    /// number, and safe without a lease: this epoll knows a number only as <c>_byFd</c> has it. If the number is
    /// somebody else's by now, that is ENOENT or EBADF.</remarks>
    internal void Forget(Registration registration)
    {
        Debug.Assert(_byFd[registration.Fd] == registration);
        using OwnedLease epoll = new(_epoll);
        _ = Syscall.EpollRemove(epoll.Fd, BorrowedFd.FromRaw(registration.Fd));
        _slots.Remove(registration.Token);
        _byFd[registration.Fd] = null;
        _sweep.Remove(registration);
        _watched--;
    }

    /// <summary>The handle by which a descriptor was registered is closed, but somebody waits for it by another
    /// one.</summary>
    /// <returns>False if the descriptor is gone, or the number is another one's.</returns>
    internal bool TryAdopt(Registration registration, SafeHandle handle)
    {
        if (!FdLease.TryAcquire(handle, out FdLease lease))
        {
            return false;
        }

        using (lease)
        {
            using OwnedLease epoll = new(_epoll);
            return lease.Raw == registration.Fd
                && !Syscall.EpollModify(epoll.Fd, lease.Fd, EpollReadiness.Watched, registration.Token).IsError;
        }
    }

    /// <summary>What can tell of its dispose has changed.</summary>
    internal void Review(Registration registration) => _sweep.Review(registration, NowMs);

    private Errno Add(SafeHandle handle, EpollEvents events, ulong token)
    {
        using OwnedLease epoll = new(_epoll);
        using OwnedLease lease = new(handle);
        Errno error = Syscall.EpollAdd(epoll.Fd, lease.Fd, events, token).Errno;

        // The same open file under the same number, of an earlier registration that could not be taken out: the number
        // was closed and has come back by dup2. It is ours now.
        return error == Errno.EEXIST ? Syscall.EpollModify(epoll.Fd, lease.Fd, events, token).Errno : error;
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
                _sweep.Run(nowMs);
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

    private int SleepMs()
    {
        long nowMs = NowMs;
        if (PoolQueue.IsStarved)
        {
            return TimerWheel.TickMs;
        }

        int sleepMs = Wheel.NextTimeoutMs(nowMs);
        int sweepMs = _sweep.NextTimeoutMs(nowMs);
        return sleepMs < 0 || sweepMs < 0 ? Math.Max(sleepMs, sweepMs) : Math.Min(sleepMs, sweepMs);
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
