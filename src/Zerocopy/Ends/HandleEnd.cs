using System.Diagnostics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A handle, or a descriptor of ours, as an end of a flow: valid between <see cref="TryEnter"/> and <see
/// cref="Exit"/>, which is one turn.</summary>
internal abstract class HandleEnd : FlowEnd
{
    private protected Lifetime _life;

    internal override BorrowedFd Fd => _life.Fd;

    /// <summary>The handle that was given: what a relay that owns it closes.</summary>
    internal SafeHandle? Given => _life.Given;

    /// <summary>True if it, or what the program has around it, is closed, as far as that shows. Any thread.</summary>
    private protected virtual bool IsGone => _life.IsClosed;

    internal override bool TryEnter()
    {
        if (_life.IsEntered)
        {
            return true;
        }

        if (Has(Readiness.Closed) || IsGone || !_life.TryEnter())
        {
            Marks |= Readiness.Closed;
            return false;
        }

        return true;
    }

    internal override void Exit() => _life.Exit();

    internal override bool IsDisposed()
    {
        Debug.Assert(!_life.IsEntered, "while it is leased a disposed handle looks alive");
        return Has(Readiness.Closed) || IsGone;
    }

    /// <summary>No event tells that it was closed, unless epoll watches it.</summary>
    internal override int Park()
    {
        BeginWatch();
        return 0;
    }

    internal override bool Leave()
    {
        EndWatch();
        return true;
    }

    private protected override Readiness LookForUntold() => IsGone ? Readiness.Closed : Readiness.None;
}
