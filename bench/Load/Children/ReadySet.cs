using System.Net.Sockets;
using Zerocopy.Sys;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Tells which of many sockets can be read, for load that is made on one thread.</summary>
internal sealed class ReadySet : IDisposable
{
    private readonly EpollEventBuffer _events = new(64);
    private readonly int _epoll;

    internal ReadySet() => _epoll = (int)Checked(Syscall.EpollCreate(EpollCreateFlags.CloseOnExec));

    internal void Add(Socket socket, int index)
    {
        ObjectDisposedException.ThrowIf(!FdLease.TryAcquire(socket.SafeHandle, out FdLease lease), socket);
        using (lease)
        {
            Checked(Syscall.EpollAdd(BorrowedFd.FromRaw(_epoll), lease.Fd, EpollEvents.In, (ulong)index));
        }
    }

    /// <summary>How many are ready; 0 after the timeout.</summary>
    internal int Wait(TimeSpan timeout)
    {
        SysResult result = Syscall.EpollWait(BorrowedFd.FromRaw(_epoll), _events, (int)timeout.TotalMilliseconds);
        return result.Errno == Errno.EINTR ? 0 : (int)Checked(result);
    }

    internal int IndexOf(int ready) => (int)_events[ready].Token;

    public void Dispose()
    {
        Syscall.Close(_epoll);
        _events.Dispose();
    }

    private static nint Checked(SysResult result) => result.IsError ? throw new IOException($"{result}") : result.Value;
}
