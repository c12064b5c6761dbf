using System.Diagnostics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A descriptor that epoll can watch, as an end of a flow: a socket, or an end of a pipe.</summary>
/// <remarks>Its descriptor is valid between <see cref="TryEnter"/> and <see cref="Exit"/>, which is one turn. Between
/// turns the loop's registration may hold a lease, so that a dispose of a socket wakes us.</remarks>
internal abstract class DescriptorEnd : FlowEnd, IFdWatcher
{
    private FdLease _lease;
    private int _fd = -1;
    private bool _wakesOnDispose;
    private SafeHandle? _foreign; // The handle that was given, where ours is a duplicate.
    private FlowOperation? _owner;
    private object? _watch; // Its registration with a loop; of an operation on the pool, the errand that has it.
    private int _edges; // From the loop's thread, where the owner runs elsewhere.

    internal SafeHandle? Handle { get; private set; }

    internal override BorrowedFd Fd => BorrowedFd.FromRaw(_fd);

    /// <summary>The handle that was given: what a relay that owns it closes.</summary>
    internal SafeHandle? Given => _foreign ?? Handle;

    SafeHandle IFdWatcher.Handle => Handle!;

    // Nobody tells when the handle is closed whose duplicate we have.
    public virtual bool NeedsSweep => _foreign is not null;

    public virtual bool IsGone => Given!.IsClosed;

    private protected IKernel Kernel { get; private set; } = null!;

    private LoopErrand? Errand => _watch as LoopErrand;

    /// <summary>Those of the loop that watches it.</summary>
    private SharedWatches Watches => (Errand?.Host ?? _owner!.Home!).Watches;

    /// <param name="kernel">What moves its bytes.</param>
    /// <param name="handle">Its handle.</param>
    /// <param name="wakesOnDispose">A lease may be held while parked.</param>
    /// <param name="owner">Who waits for it; null in a sync transfer, which polls.</param>
    private protected void Open(IKernel kernel, SafeHandle handle, bool wakesOnDispose, FlowOperation? owner)
    {
        Debug.Assert(Handle is null);
        Kernel = kernel;
        _foreign = null;
        Handle = handle;
        if (ForeignHandle.Is(handle) && ForeignHandle.TryDuplicate(handle) is { } duplicate)
        {
            _foreign = handle;
            Handle = duplicate;
        }

        _wakesOnDispose = wakesOnDispose;
        Marks = Readiness.Assumed;
        _edges = 0;
        _owner = owner;
    }

    /// <summary>Opens an end of a simulated kernel: a descriptor without a handle, always leased.</summary>
    private protected void OpenSimulated(IKernel kernel, int fd)
    {
        Kernel = kernel;
        _fd = fd;
        Marks = Readiness.Assumed;
    }

    internal override void Close()
    {
        Debug.Assert(!_lease.IsHeld && _watch is not Registration);
        _owner = null;
        _watch = null;
        if (_foreign is not null)
        {
            Handle!.Dispose();
            _foreign = null;
        }

        Handle = null;
        _fd = -1;
    }

    internal override bool TryEnter()
    {
        if (_lease.IsHeld)
        {
            return true;
        }

        if (Has(Readiness.Closed) || !FdLease.TryAcquire(Handle, out _lease))
        {
            Marks |= Readiness.Closed;
            return false;
        }

        _fd = _lease.Raw;
        return true;
    }

    internal override void Exit()
    {
        if (_lease.IsHeld)
        {
            _lease.Release();
            _fd = -1;
        }
    }

    internal override bool IsDisposed()
    {
        // While any lease is held a disposed handle looks alive: the loop's goes first.
        Debug.Assert(!_lease.IsHeld);
        bool isAtHome = _owner is { Home: not null };
        return Has(Readiness.Closed) || (isAtHome && _watch is Registration registration && registration.Look())
            || Given!.IsClosed;
    }

    public void OnReadiness(Readiness readiness)
    {
        if (_owner!.Home is not null)
        {
            Marks |= readiness;
            _owner.OnMarks();
            return;
        }

        _ = Interlocked.Or(ref _edges, (int)readiness);
        _owner.Post();
    }

    internal override void TakeEdges()
    {
        if (_foreign is { IsClosed: true })
        {
            Marks |= Readiness.Closed;
        }

        if (_edges != 0)
        {
            Marks |= (Readiness)Interlocked.Exchange(ref _edges, 0);
        }
    }

    /// <summary>Registers, the first time that somebody waits: a transfer that never waits never does. The kernel
    /// reports what is ready by then as an edge, so nothing between is lost.</summary>
    internal override int Park()
    {
        if (_owner is null || _watch is not null)
        {
            return Errand?.Error ?? 0;
        }

        if (_owner.Home is not null)
        {
            return Register(_wakesOnDispose);
        }

        LoopErrand errand = new(FlowHosts.ForPair(Handle!, Handle!), this, _owner);
        _watch = errand;
        errand.Post();
        return 0;
    }

    internal override bool Leave()
    {
        if (Errand is { } errand)
        {
            return errand.Leave();
        }

        Unregister();
        return true;
    }

    /// <summary>On the loop's thread.</summary>
    internal int Register(bool keepsLease)
    {
        if (!FdLease.TryAcquire(Handle, out FdLease lease))
        {
            OnReadiness(Readiness.Closed);
            return 0;
        }

        Registration? registration = Watches.Attach(Handle!, lease.Fd, keepsLease, this, out Errno error);
        lease.Release();
        if (Errand is { } errand)
        {
            errand.Registration = registration;
        }
        else
        {
            _watch = registration;
        }

        return (int)error;
    }

    /// <summary>On the loop's thread.</summary>
    internal void Unregister()
    {
        Registration? registration = Errand?.Registration ?? _watch as Registration;
        if (registration is null)
        {
            return;
        }

        if (Errand is { } errand)
        {
            errand.Registration = null;
        }
        else
        {
            _watch = null;
        }

        Watches.Detach(registration, this);
    }
}
