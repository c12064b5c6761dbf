using System.Diagnostics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A descriptor that epoll can watch, as an end of a flow: a socket, or an end of a pipe.</summary>
/// <remarks>Between turns the loop's registration may hold a lease, so that a dispose of a socket wakes us.</remarks>
internal abstract class DescriptorEnd : HandleEnd, IFdWatcher
{
    private object? _watch; // Its registration with a loop; of an operation on the pool, the errand that has it.
    private ulong _token; // Of its watch, where the descriptor is ours; 0 if there is none.

    internal SafeHandle? Handle => _life.Handle;

    /// <summary>The descriptor, if it is ours.</summary>
    internal OwnedDescriptor? Owned => _life.Owned;

    SafeHandle IFdWatcher.Handle => Handle!;

    /// <summary>True if it can be closed without that the handle we have tells.</summary>
    private protected virtual bool NeedsWatch => _life.IsDuplicate;

    private protected IKernel Kernel { get; private set; } = null!;

    private LoopErrand? Errand => _watch as LoopErrand;

    /// <summary>Those of the loop that watches it.</summary>
    private SharedWatches Watches => (Errand?.Host ?? Runner!.Host!).Watches;

    /// <param name="kernel">What moves its bytes.</param>
    /// <param name="handle">Its handle.</param>
    /// <param name="wakesOnDispose">A lease may be held while parked.</param>
    /// <param name="owner">Who waits for it.</param>
    private protected void Open(IKernel kernel, SafeHandle handle, bool wakesOnDispose, FlowRunner owner)
    {
        _life.Open(handle, wakesOnDispose);
        Open(kernel, owner);
    }

    /// <summary>Opens a descriptor of ours, for who runs on the loop that closes it.</summary>
    private protected void Open(IKernel kernel, OwnedDescriptor descriptor, FlowRunner? owner)
    {
        _life.Open(descriptor);
        Open(kernel, owner);
    }

    /// <summary>Opens an end of a simulated kernel.</summary>
    /// <param name="kernel">That kernel.</param>
    /// <param name="fd">Its number there, or -1 if it is closed already.</param>
    private protected void OpenSimulated(IKernel kernel, int fd)
    {
        OwnedDescriptor descriptor = new();
        if (fd >= 0)
        {
            descriptor.Open(kernel, fd);
        }

        Open(kernel, descriptor, owner: null);
    }

    private void Open(IKernel kernel, FlowRunner? owner)
    {
        Kernel = kernel;
        Marks = Readiness.Assumed;
        _ = TakeNewEdges();
        Runner = owner;
    }

    internal override void Close()
    {
        Debug.Assert(_token == 0 && _watch is not Registration);
        Runner = null;
        _watch = null;
        _life.Close();
    }

    internal override bool IsDisposed()
    {
        // While any lease is held a disposed handle looks alive: the loop's goes first.
        Debug.Assert(!_life.IsEntered);
        bool isAtHome = Runner is { Host: not null };
        return (isAtHome && _watch is Registration registration && registration.Look()) || base.IsDisposed();
    }

    public sealed override void OnReadiness(Readiness readiness)
    {
        if (Runner!.Host is null)
        {
            base.OnReadiness(readiness);
            return;
        }

        Marks |= readiness;
        Runner.OnMarks();
    }

    /// <summary>Registers, the first time that somebody waits: a transfer that never waits never does. The kernel
    /// reports what is ready by then as an edge, so nothing between is lost.</summary>
    internal override int Park()
    {
        if (Runner is null or { Polls: true } || _watch is not null || _token != 0)
        {
            return Errand?.Error ?? 0;
        }

        if (_life.Kind == Lifetime.Kinds.Owned)
        {
            return (int)Runner.Host!.Loop.Watch(_life.Fd, EpollReadiness.Watched, this, out _token);
        }

        if (Runner.Host is not null)
        {
            return Register(keepsLease: _life.Kind == Lifetime.Kinds.Socket);
        }

        LoopErrand errand = new(LoopGroup.Default.ForPair(Handle!, Handle!), this, Runner);
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

    /// <summary>A descriptor of ours is about to be closed, and nobody has another one of the same file: then epoll
    /// forgets it by itself.</summary>
    internal void Forget()
    {
        if (_token != 0)
        {
            Runner!.Host!.Loop.Forget(_life.Fd, _token);
            _token = 0;
        }
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

        if (NeedsWatch || registration?.Handle != Handle)
        {
            BeginWatch(); // Last, because it may want memory: what leaves then knows of the registration.
        }

        return (int)error;
    }

    /// <summary>On the loop's thread.</summary>
    internal void Unregister()
    {
        EndWatch();
        if (_token != 0)
        {
            Runner!.Host!.Loop.Unwatch(_life.Fd, _token);
            _token = 0;
        }

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
