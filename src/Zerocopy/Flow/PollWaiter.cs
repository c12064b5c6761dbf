using System.Diagnostics;
using System.Runtime.CompilerServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>poll(2) for the sync driver: waits for one mark of one end, for the death of the other, and for a
/// cancel.</summary>
internal sealed class PollWaiter
{
    /// <summary>The longest that leases are held while nothing happens.</summary>
    internal const int SliceMs = 50;

    private OwnedFd? _wake;

    /// <summary>Makes sure that <see cref="Wake"/> works.</summary>
    internal void MakeWakeable()
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

    /// <summary>Ends the wait. Any thread.</summary>
    internal void Wake()
    {
        if (FdLease.TryAcquire(_wake, out FdLease lease))
        {
            _ = Syscall.EventFdSignal(lease.Fd); // EAGAIN: the counter is full, so it is awake anyway.
            lease.Release();
        }
    }

    /// <summary>Forgets a wake that came after the last wait.</summary>
    internal void TakeWake()
    {
        if (FdLease.TryAcquire(_wake, out FdLease lease))
        {
            _ = Syscall.EventFdTake(lease.Fd, out _);
            lease.Release();
        }
    }

    /// <summary>Waits at most <paramref name="sliceMs"/> and records what is ready in the marks of both ends, which
    /// are leased.</summary>
    internal void Wait(FlowEnd source, FlowEnd destination, StepOutcome outcome, int sliceMs)
    {
        PollEvents sourceEvents = PollEvents.None;
        if (outcome == StepOutcome.SourceNotReady)
        {
            // The urgent mark is level-triggered: once known it is not asked for again, or it would end every wait.
            sourceEvents = PollEvents.In | PollEvents.ReadHangUp
                | (source.Has(Readiness.Priority) ? PollEvents.None : PollEvents.Priority);
        }

        PollEvents destinationEvents = outcome == StepOutcome.DestinationNotReady ? PollEvents.Out : PollEvents.None;
        PollSet set = default;
        Span<PollFd> fds = set;
        fds[0] = new PollFd(BorrowedFd.FromRaw(WhileUseful(source, sourceEvents)), sourceEvents);
        fds[1] = new PollFd(BorrowedFd.FromRaw(WhileUseful(destination, destinationEvents)), destinationEvents);
        bool held = FdLease.TryAcquire(_wake, out FdLease lease);
        fds[2] = new PollFd(held ? lease.Fd : BorrowedFd.FromRaw(-1), PollEvents.In); // -1 is passed over.
        SysResult count = Syscall.Poll(fds, sliceMs);
        if (held)
        {
            lease.Release();
        }

        if (count.IsError)
        {
            Debug.Assert(count.Errno == Errno.EINTR); // The caller computes its timeout again.
            return;
        }

        Record(source, fds[0].Returned);
        Record(destination, fds[1].Returned);
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

    [InlineArray(3)]
    private struct PollSet
    {
        private PollFd _first;
    }
}
