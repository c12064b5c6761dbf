using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>poll(2) for the sync driver: waits for the mark that the flow needs, for the death of the other ends, and
/// for a wake.</summary>
internal sealed class PollWaiter : SyncWaiter
{
    private const int RefusedMs = 10;

    private OwnedFd? _wake;
    private PollFd[] _fds = new PollFd[4];

    internal override void MakeWakeable()
    {
        if (_wake is null)
        {
            SysResult made = Syscall.EventFd(0, EventFdFlags.CloseOnExec | EventFdFlags.NonBlocking);
            if (made.IsError)
            {
                throw ThrowHelper.Kernel("eventfd", (int)made.Errno);
            }

            _wake = OwnedFd.FromRaw((int)made.Value);
        }
    }

    internal override void Wake()
    {
        if (FdLease.TryAcquire(_wake, out FdLease lease))
        {
            _ = Syscall.EventFdSignal(lease.Fd); // EAGAIN: the counter is full, so it is awake anyway.
            lease.Release();
        }
    }

    internal override void TakeWake()
    {
        if (FdLease.TryAcquire(_wake, out FdLease lease))
        {
            _ = Syscall.EventFdTake(lease.Fd, out _);
            lease.Release();
        }
    }

    /// <summary>Records what is ready in the marks of the ends, which are leased.</summary>
    internal override bool Wait(ReadOnlySpan<FlowEnd> ends, Flow flow, int sliceMs)
    {
        int count = ends.Length;
        if (_fds.Length <= count)
        {
            _fds = new PollFd[count * 2];
        }

        for (int i = 0; i < count; i++)
        {
            PollEvents asked = AskedOf(ends[i], flow);
            _fds[i] = new PollFd(BorrowedFd.FromRaw(WhileUseful(ends[i], asked)), asked); // -1 is passed over.
        }

        bool held = FdLease.TryAcquire(_wake, out FdLease lease);
        _fds[count] = new PollFd(held ? lease.Fd : BorrowedFd.FromRaw(-1), PollEvents.In);
        SysResult ready = Syscall.Poll(_fds.AsSpan(0, count + 1), sliceMs);
        if (held)
        {
            if (_fds[count].Returned != PollEvents.None)
            {
                _ = Syscall.EventFdTake(lease.Fd, out _);
            }

            lease.Release();
        }

        if (ready.IsError)
        {
            return ready.Errno == Errno.EINTR || TryLater(ends); // The caller computes its timeout again.
        }

        for (int i = 0; i < count; i++)
        {
            Record(ends[i], _fds[i].Returned);
        }

        return ready.Value > 0;
    }

    /// <summary>A limit of open files under the few that are asked about (EINVAL), or no memory: nobody can tell what
    /// is ready, so everybody tries, now and then.</summary>
    private static bool TryLater(ReadOnlySpan<FlowEnd> ends)
    {
        Thread.Sleep(RefusedMs);
        foreach (FlowEnd end in ends)
        {
            end.Marks |= Readiness.Assumed;
        }

        return false;
    }

    private static PollEvents AskedOf(FlowEnd end, Flow flow)
    {
        switch (flow.Outcome)
        {
            case StepOutcome.SourceNotReady when end == flow.Source:
                // The urgent mark is level-triggered: once known it is not asked for again, or it would end every wait.
                return PollEvents.In | PollEvents.ReadHangUp
                    | (end.Has(Readiness.Priority) ? PollEvents.None : PollEvents.Priority);
            case StepOutcome.DestinationNotReady when end == flow.Destination:
            case StepOutcome.TargetNotReady when end == flow.BlockedBy:
                return PollEvents.Out;
            default:
                return PollEvents.None;
        }
    }

    // HUP and ERR are reported whether asked for or not, at once and for ever: an end that has them and is not what
    // we wait for has nothing more to tell.
    private static int WhileUseful(FlowEnd end, PollEvents asked)
        => asked == PollEvents.None && end.Has(Readiness.HangUp | Readiness.Failed) ? -1 : end.Fd;

    private static void Record(FlowEnd end, PollEvents returned)
    {
        if (returned == PollEvents.None)
        {
            return;
        }

        Readiness marks = Readiness.None;
        if ((returned & PollEvents.In) != 0)
        {
            marks |= Readiness.Readable;
        }

        if ((returned & PollEvents.Out) != 0)
        {
            marks |= Readiness.Writable;
        }

        if ((returned & PollEvents.Priority) != 0)
        {
            marks |= Readiness.Priority;
        }

        if ((returned & PollEvents.ReadHangUp) != 0)
        {
            marks |= Readiness.Readable | Readiness.ReadClosed;
        }

        if ((returned & PollEvents.HangUp) != 0)
        {
            marks |= Readiness.Assumed | Readiness.HangUp;
        }

        if ((returned & (PollEvents.Error | PollEvents.Invalid)) != 0)
        {
            marks |= Readiness.Assumed | Readiness.Failed;
        }

        end.Marks |= marks;
    }
}
