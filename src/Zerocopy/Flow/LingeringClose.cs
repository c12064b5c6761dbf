using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One socket that lingers: on a loop what its peer sends is dropped until the peer ends too.</summary>
/// <remarks>It has a copy of the descriptor, so the user's socket is disposed as if it were closed. The copy is closed
/// by the loop's thread alone.</remarks>
internal sealed class LingeringClose : LoopWork, IReadinessHandler
{
    private const int ReadsPerTurn = 16; // A peer that sends fast does not keep others from their turns.

    private readonly EventLoop _loop;
    private readonly OwnedFd _socket;
    private readonly long _dueMs = EventLoop.NowMs + Lingering.TimeoutMs;
    private readonly LinkedListNode<Action> _place;
    private ulong? _watch;
    private volatile bool _mustReset;
    private bool _isOver;

    private LingeringClose(EventLoop loop, OwnedFd socket)
    {
        _loop = loop;
        _socket = socket;
        _place = new LinkedListNode<Action>(Reset);
    }

    /// <summary>Tells the peer the end, and goes on reading what it sends. The caller closes its descriptor.</summary>
    /// <returns>False for want of descriptors: then there is nothing for it but the close.</returns>
    internal static bool TryBegin(BorrowedFd socket)
    {
        _ = Syscall.Shutdown(socket, ShutdownHow.Send); // Again: does nothing.
        SysResult made = Syscall.Duplicate(socket);
        if (made.IsError)
        {
            return false;
        }

        OwnedFd copy = OwnedFd.FromRaw((int)made.Value);
        try
        {
            LingeringClose lingering = new(LoopGroup.Default.ForPair(copy, copy).Loop, copy);
            Lingering.Add(lingering._place);
            lingering.Post();
            return true;
        }
        catch (IOException)
        {
            copy.Dispose(); // No loop could be made.
            return false;
        }
    }

    /// <summary>Reads what has come and drops it.</summary>
    /// <param name="socket">Read without waiting.</param>
    /// <param name="readsMax">A peer that sends faster than we read cannot keep us here.</param>
    /// <returns>0 at the end of the stream, EAGAIN if more may come, or why the connection is gone.</returns>
    internal static Errno Drop(BorrowedFd socket, int readsMax)
    {
        Span<byte> dropped = stackalloc byte[16 * 1024];
        for (int i = 0; i < readsMax; i++)
        {
            SysResult read = Syscall.Recv(socket, dropped, MessageFlags.DontWait);
            if (read.Raw <= 0)
            {
                return read.Errno;
            }
        }

        return Errno.EINPROGRESS;
    }

    public void OnReadiness(Readiness readiness) => Post();

    protected override bool Failed(Exception exception)
    {
        if (!_isOver)
        {
            End(); // There was no memory to wait with.
        }

        return false;
    }

    protected override void Enqueue() => _loop.Enqueue(this);

    protected override bool Turn()
    {
        if (_isOver)
        {
            return false; // A reset that came late.
        }

        BorrowedFd socket = _socket.Borrow();
        if (_mustReset)
        {
            _ = Syscall.SetLinger(socket, true, 0);
            End();
            return false;
        }

        if (_watch is null && _loop.Watch(socket, EpollReadiness.Watched, this, out ulong watch) == 0)
        {
            _watch = watch;
        }

        Errno error = Drop(socket, ReadsPerTurn);
        if (_watch is null || error is not (Errno.EAGAIN or Errno.EINPROGRESS) || EventLoop.NowMs >= _dueMs)
        {
            End();
        }
        else if (error == Errno.EINPROGRESS)
        {
            Post();
        }
        else
        {
            _loop.Wheel.Arm(Timer, _dueMs);
        }

        return false;
    }

    private void Reset()
    {
        _mustReset = true;
        Post();
    }

    private void End()
    {
        Debug.Assert(_loop.IsCurrent);
        _isOver = true;
        if (HasDeadline)
        {
            _loop.Wheel.Disarm(Timer);
        }

        if (_watch is { } watch)
        {
            _loop.Unwatch(_socket.Borrow(), watch);
            _watch = null;
        }

        _socket.Dispose();
        Lingering.Remove(_place);
    }
}
