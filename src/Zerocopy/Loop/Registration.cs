using System.Diagnostics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One descriptor that one loop watches, for everybody on that loop who waits for it.</summary>
/// <remarks>
/// <para>While parked it holds a lease only where a dispose wakes us (<see cref="KeepsLease"/>: a close-on-exec stream
/// socket, which .NET disconnects). Anything else is parked without one, because its <c>Dispose</c> would hang until
/// we let go; the loop's watchdog finds out that it was closed.</para>
/// <para>Epoll knows a descriptor once, but handles that do not own it may be many. It is registered by the first of
/// them; when that is closed, the next one takes over, and only who came by the first is told.</para>
/// </remarks>
internal sealed class Registration(SharedWatches watches) : Watched, IReadinessHandler
{
    private IFdWatcher? _first; // Nearly always the only one.
    private List<IFdWatcher>? _more;
    private FdLease _lease;
    private Readiness _sticky;

    internal int Fd { get; private set; } = -1;

    /// <summary>The handle whose descriptor this is; null while in the loop's cache.</summary>
    internal SafeHandle? Handle { get; private set; }

    internal bool KeepsLease { get; private set; }

    internal ulong Token { get; set; }

    /// <summary>True once the handle was found closed: the number may already be somebody else's.</summary>
    internal bool IsClosed => (_sticky & Readiness.Closed) != 0;

    internal bool HasHandlers => _first is not null;

    private int Count => _first is null ? 0 : 1 + (_more?.Count ?? 0);

    internal override void LookAtIt() => _ = Look();

    /// <summary>Called for each event: marks only, and who waits for them is posted.</summary>
    public void OnReadiness(Readiness readiness)
    {
        _sticky |= readiness & Readiness.MoreBehind;
        if ((readiness & (Readiness.HangUp | Readiness.Failed)) != 0)
        {
            _ = Look(); // Perhaps a dispose is spinning until this lease goes.
        }

        Tell(readiness);
    }

    internal void Open(SafeHandle handle, int fd, bool keepsLease)
    {
        Debug.Assert(Handle is null && !HasHandlers);
        Handle = handle;
        Fd = fd;
        KeepsLease = keepsLease;
        _sticky = Readiness.None;
        if (keepsLease)
        {
            _ = FdLease.TryAcquire(handle, out _lease);
        }
    }

    internal void Attach(IFdWatcher handler)
    {
        if (_first is null)
        {
            _first = handler;
        }
        else
        {
            (_more ??= []).Add(handler);

            // Edges that came before are not reported again: the newcomer tries first.
            handler.OnReadiness(Readiness.Assumed | _sticky);
        }
    }

    internal void Detach(IFdWatcher handler)
    {
        if (_first != handler)
        {
            bool found = _more!.Remove(handler);
            Debug.Assert(found);
        }
        else if (_more is { Count: > 0 } more)
        {
            _first = more[^1];
            more.RemoveAt(more.Count - 1);
        }
        else
        {
            _first = null;
        }
    }

    /// <summary>Drops the lease and looks whether the handle was closed meanwhile: while any lease is held, a
    /// disposed handle looks alive. Takes the lease again if it was not; tells everybody who came by it if it
    /// was.</summary>
    /// <returns>True if it is closed, and nobody has it by another handle.</returns>
    internal bool Look()
    {
        if (IsClosed)
        {
            return true;
        }

        _lease.Release();
        if (!Handle!.IsClosed && (!KeepsLease || FdLease.TryAcquire(Handle, out _lease)))
        {
            return false;
        }

        if (!IsAdopted())
        {
            _sticky |= Readiness.Closed;
            watches.Forget(this);
            Tell(Readiness.Closed);
            return true;
        }

        for (int i = 0; i < Count; i++)
        {
            if (At(i).Handle.IsClosed)
            {
                At(i).OnReadiness(Readiness.Closed);
            }
        }

        return false;
    }

    internal void Close()
    {
        Debug.Assert(!HasHandlers);
        _lease.Release();
        Handle = null;
        Fd = -1;
    }

    private bool IsAdopted()
    {
        for (int i = 0; i < Count; i++)
        {
            SafeHandle other = At(i).Handle;
            if (other != Handle && watches.TryAdopt(this, other))
            {
                Handle = other;
                KeepsLease = false;
                return true;
            }
        }

        return false;
    }

    private IFdWatcher At(int index) => index == 0 ? _first! : _more![index - 1];

    private void Tell(Readiness readiness)
    {
        for (int i = 0; i < Count; i++)
        {
            At(i).OnReadiness(readiness);
        }
    }
}
