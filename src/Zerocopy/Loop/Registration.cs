using System.Diagnostics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One descriptor that one loop watches, for everybody on that loop who waits for it.</summary>
/// <remarks>
/// While parked it holds a lease only where a dispose wakes us (<see cref="KeepsLease"/>: a close-on-exec stream
/// socket, which .NET disconnects). Anything else is parked without one, because its <c>Dispose</c> would hang until
/// we let go; the loop's sweep finds out that it was closed.
/// </remarks>
internal sealed class Registration : IReadinessHandler
{
    private IReadinessHandler? _first; // Nearly always the only one.
    private List<IReadinessHandler>? _more;
    private FdLease _lease;
    private Readiness _sticky;

    internal int Fd { get; private set; } = -1;

    /// <summary>The handle whose descriptor this is; null while in the loop's cache.</summary>
    internal SafeHandle? Handle { get; private set; }

    internal bool KeepsLease { get; private set; }

    internal ulong Token { get; set; }

    /// <summary>True once the handle was found closed: the number may already be somebody else's.</summary>
    internal bool IsClosed { get; private set; }

    internal bool HasHandlers => _first is not null;

    /// <summary>Called for each event: marks only, and who waits for them is posted.</summary>
    public void OnReadiness(Readiness readiness)
    {
        _sticky |= readiness & Readiness.MoreBehind;
        if ((readiness & (Readiness.HangUp | Readiness.Failed)) != 0)
        {
            Look(); // Perhaps a dispose is spinning until this lease goes.
        }

        Tell(readiness);
    }

    internal void Open(SafeHandle handle, int fd, bool keepsLease)
    {
        Debug.Assert(Handle is null && !HasHandlers);
        Handle = handle;
        Fd = fd;
        KeepsLease = keepsLease;
        IsClosed = false;
        _sticky = Readiness.None;
        if (keepsLease)
        {
            _ = FdLease.TryAcquire(handle, out _lease);
        }
    }

    internal void Attach(IReadinessHandler handler)
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

    internal void Detach(IReadinessHandler handler)
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
    /// disposed handle looks alive. Takes the lease again if it was not; tells everybody if it was. The sweep does
    /// this for whatever no event will ever tell.</summary>
    /// <returns>True if it is closed.</returns>
    internal bool Look()
    {
        if (IsClosed)
        {
            return true;
        }

        _lease.Release();
        if (Handle!.IsClosed || (KeepsLease && !FdLease.TryAcquire(Handle, out _lease)))
        {
            IsClosed = true;
            EventLoop.Current.Forget(this);
            Tell(Readiness.Closed);
        }

        return IsClosed;
    }

    internal void Close()
    {
        Debug.Assert(!HasHandlers);
        _lease.Release();
        Handle = null;
        Fd = -1;
    }

    private void Tell(Readiness readiness)
    {
        _first?.OnReadiness(readiness);
        if (_more is { } more)
        {
            foreach (IReadinessHandler handler in more)
            {
                handler.OnReadiness(readiness);
            }
        }
    }
}
