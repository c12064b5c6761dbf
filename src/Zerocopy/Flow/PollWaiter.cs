using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>poll(2) on the caller's thread: waits for the mark that the flow needs, for the death of the other ends,
/// and for a wake.</summary>
/// <remarks>What poll says are levels, and some stay although nothing can be done about them: an error queue with an
/// entry that is the user's to read, a hang-up, TCP out of memory. An end that gives the same answer to the same
/// question again, with nothing moved in between, is therefore watched by its edges from there on.</remarks>
internal sealed class PollWaiter : SyncWaiter
{
    private const int RefusedMs = 10;
    private const long NoneYet = -1;

    private OwnedFd? _wake;
    private EdgeWatch? _edges;
    private PollFd[] _fds = new PollFd[4]; // One for each end, with the last answer; the wake; the edges.
    private long _movedBytes = NoneYet; // At the last wait.

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

    internal override void Forget()
    {
        _movedBytes = NoneYet;
        _edges?.Close();
    }

    /// <summary>Records what is ready in the marks of the ends, which are leased.</summary>
    internal override bool Wait(ReadOnlySpan<FlowEnd> ends, Flow flow, int sliceMs)
    {
        int count = ends.Length;
        if (_fds.Length < count + 2)
        {
            _fds = new PollFd[(count + 2) * 2];
        }

        bool areBlind = false; // About some end nobody can be asked.
        long movedBytes = flow.Counters.Consumed + flow.Counters.Written;
        for (int i = 0; i < count; i++)
        {
            PollEvents asked = AskedOf(ends[i], flow);
            bool isStale = movedBytes == _movedBytes && _fds[i].Returned != PollEvents.None && _fds[i].Events == asked;
            BorrowedFd fd = WhileUseful(ends[i], asked);
            if (fd.IsValid && (IsWatched(i) || (isStale && TryWatch(i, fd))))
            {
                fd = default; // Passed over.
            }
            else if (isStale)
            {
                areBlind = true;
                ends[i].Marks |= Readiness.Assumed; // So it tries, now and then.
            }

            _fds[i] = new PollFd(fd, asked);
        }

        _movedBytes = movedBytes;
        if (areBlind)
        {
            Thread.Sleep(Math.Min(RefusedMs, sliceMs));
            return false;
        }

        bool held = FdLease.TryAcquire(_wake, out FdLease wake);
        _ = FdLease.TryAcquire(_edges?.Handle, out FdLease edges);
        _fds[count] = new PollFd(wake.Fd, PollEvents.In);
        _fds[count + 1] = new PollFd(edges.Fd, PollEvents.In);
        SysResult ready = Syscall.Poll(_fds.AsSpan(0, count + 2), sliceMs);
        edges.Release();
        if (held && _fds[count].Returned != PollEvents.None)
        {
            _ = Syscall.EventFdTake(wake.Fd, out _);
        }

        wake.Release();
        if (ready.IsError)
        {
            return ready.Errno == Errno.EINTR || TryLater(ends); // The caller computes its timeout again.
        }

        for (int i = 0; i < count; i++)
        {
            ends[i].Marks |= EpollReadiness.From(_fds[i].Returned);
        }

        if (_fds[count + 1].Returned != PollEvents.None)
        {
            _edges!.Take(ends);
        }

        return ready.Value > 0;
    }

    private bool IsWatched(int index) => _edges?.Has(index) == true;

    private bool TryWatch(int index, BorrowedFd fd) => (_edges ??= new EdgeWatch()).TryAdd(index, fd);

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

    // HUP is reported whether asked for or not, at once and for ever: an end that has it and is not what we wait for
    // has nothing more to tell.
    private static BorrowedFd WhileUseful(FlowEnd end, PollEvents asked)
        => asked == PollEvents.None && end.Has(Readiness.HangUp) ? default : end.Fd;
}
