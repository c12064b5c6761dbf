using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>An epoll of its own for the ends of one sync call whose levels poll(2) must not be asked for: they are
/// there for ever and say nothing new. Edge-triggered, it tells of each change once, as the loops do.</summary>
internal sealed class EdgeWatch
{
    private const int EventsMax = 8;

    private readonly EpollEventBuffer _events = new(EventsMax);
    private OwnedFd? _epoll;
    private ulong _watched; // A bit for each end.

    /// <summary>Readable when there is something to take.</summary>
    internal OwnedFd? Handle => _epoll;

    internal bool Has(int index) => index < 64 && (_watched & (1UL << index)) != 0;

    /// <summary>Watches an end from here on; what it is now is told as its first edge.</summary>
    /// <returns>False if the kernel has no room, or epoll does not know what this is.</returns>
    internal bool TryAdd(int index, BorrowedFd fd)
    {
        Debug.Assert(!Has(index));
        if (_epoll is null)
        {
            SysResult made = Syscall.EpollCreate(EpollCreateFlags.CloseOnExec);
            if (made.IsError)
            {
                return false;
            }

            _epoll = OwnedFd.FromRaw((int)made.Value);
        }

        bool held = FdLease.TryAcquire(_epoll, out FdLease lease);
        Debug.Assert(held);
        using (lease)
        {
            bool isAdded = index < 64 && !Syscall.EpollAdd(
                lease.Fd, fd, EpollReadiness.Watched, (ulong)index).IsError;
            _watched |= isAdded ? 1UL << index : 0;
            return isAdded;
        }
    }

    /// <summary>Records the edges in the marks of the ends.</summary>
    internal void Take(ReadOnlySpan<FlowEnd> ends)
    {
        bool held = FdLease.TryAcquire(_epoll, out FdLease lease);
        Debug.Assert(held);
        using (lease)
        {
            SysResult count = Syscall.EpollWait(lease.Fd, _events, timeoutMs: 0);
            for (int i = 0; i < (count.IsError ? 0 : (int)count.Value); i++)
            {
                EpollEvent e = _events[i];
                ends[(int)e.Token].Marks |= EpollReadiness.From(e.Events);
            }
        }
    }

    /// <summary>The transfer is over.</summary>
    internal void Close()
    {
        _epoll?.Dispose();
        _epoll = null;
        _watched = 0;
    }
}
