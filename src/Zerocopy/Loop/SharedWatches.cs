using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>The descriptors of others that one loop watches: each once, for everybody on that loop who waits for it.
/// And the watchdog, which finds out what no event tells.</summary>
/// <remarks>All of it belongs to the loop's thread. Whoever owns a descriptor alone has no use for it and asks the loop
/// itself.</remarks>
internal sealed class SharedWatches : LoopWork
{
    private const int IdleMax = 1024;

    private readonly Stack<Registration> _idle = new();
    private readonly Watchdog _watchdog = new();
    private readonly EventLoop _loop;
    private readonly TimerNode _timer;
    private Registration?[] _byFd = new Registration?[64]; // Descriptors are small numbers.

    internal SharedWatches(EventLoop loop)
    {
        _loop = loop;
        _timer = Timer; // Made now, so that no memory is needed once something is watched.
    }

    /// <summary>Watches a descriptor for <paramref name="handler"/>. What is ready already is reported as an
    /// edge.</summary>
    /// <param name="handle">Leased by the caller during the call.</param>
    /// <param name="fd">Its descriptor.</param>
    /// <param name="keepsLease">See <see cref="Registration.KeepsLease"/>.</param>
    /// <param name="handler">Told of every edge until detached.</param>
    /// <param name="error">Why not, when null is returned: EPERM is a descriptor that epoll does not know.</param>
    internal Registration? Attach(
        SafeHandle handle, BorrowedFd fd, bool keepsLease, IFdWatcher handler, out Errno error)
    {
        Debug.Assert(_loop.IsCurrent);
        error = 0;
        if (fd.Raw >= _byFd.Length)
        {
            Array.Resize(ref _byFd, (int)BitOperations.RoundUpToPowerOf2((uint)fd.Raw + 1));
        }

        if (_byFd[fd.Raw] is { } known && (ReferenceEquals(known.Handle, handle) || !known.Look()))
        {
            known.Attach(handler);
            return known;
        }

        Registration registration = _idle.TryPop(out Registration? idle) ? idle : new Registration(this);
        registration.Open(handle, fd.Raw, keepsLease);
        error = _loop.Watch(fd, EpollReadiness.Watched, registration, out ulong token);
        if (error != 0)
        {
            registration.Close();
            return null;
        }

        registration.Token = token;
        _byFd[fd.Raw] = registration;
        registration.Attach(handler);
        Watch(registration, inTurn: keepsLease);
        return registration;
    }

    /// <summary>Stops telling <paramref name="handler"/>. The last one takes the descriptor out of epoll.</summary>
    internal void Detach(Registration registration, IFdWatcher handler)
    {
        Debug.Assert(_loop.IsCurrent);
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
        if (_idle.Count < IdleMax)
        {
            _idle.Push(registration);
        }
    }

    /// <summary>Out of epoll; its events are stale from here on.</summary>
    /// <remarks>Also if the handle was closed, because that need not close the descriptor: a handle may not own
    /// it.</remarks>
    internal void Forget(Registration registration)
    {
        Debug.Assert(_byFd[registration.Fd] == registration);
        _loop.Unwatch(BorrowedFd.FromRaw(registration.Fd), registration.Token);
        _byFd[registration.Fd] = null;
        _watchdog.Remove(registration);
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
            if (lease.Raw != registration.Fd
                || _loop.Modify(lease.Fd, EpollReadiness.Watched, registration.Token) != 0)
            {
                return false;
            }
        }

        _watchdog.Remove(registration);
        Watch(registration); // From here on without a lease.
        return true;
    }

    /// <summary>Has the watchdog look at it.</summary>
    /// <param name="watched">In no watchdog.</param>
    /// <param name="inTurn">An event tells nearly every time.</param>
    internal void Watch(Watched watched, bool inTurn = false)
    {
        Debug.Assert(_loop.IsCurrent);
        _watchdog.Add(watched, inTurn, EventLoop.NowMs);
        ArmWatchdog();
    }

    internal void Unwatch(Watched watched)
    {
        Debug.Assert(_loop.IsCurrent);
        _watchdog.Remove(watched);
    }

    protected override void Enqueue() => _loop.Enqueue(this);

    /// <summary>The watchdog's turn.</summary>
    protected override bool Turn()
    {
        _watchdog.Run(EventLoop.NowMs);
        ArmWatchdog();
        return false;
    }

    private void ArmWatchdog()
    {
        long nowMs = EventLoop.NowMs;
        int dueInMs = _watchdog.NextTimeoutMs(nowMs);
        if (dueInMs >= 0 && !HasDeadline)
        {
            _loop.Wheel.Arm(_timer, nowMs + dueInMs);
        }
    }
}
