using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One socket that lingers: on a loop what its peer sends is dropped until the peer ends too.</summary>
/// <remarks>Of a socket of the program it has a copy, so that the program's is disposed as if it were closed; one of
/// ours it takes over. It is closed by the loop's thread alone.</remarks>
internal sealed class LingeringClose : LoopWork, IReadinessHandler
{
    private const int ReadsPerTurn = 16; // A peer that sends fast does not keep others from their turns.

    private readonly EventLoop _loop;
    private readonly IKernel _kernel;
    private readonly OwnedDescriptor _socket = new();
    private readonly long _dueMs;
    private readonly LinkedListNode<Action> _place;
    private ulong? _watch;
    private volatile bool _mustReset;
    private bool _isOver;

    private LingeringClose(EventLoop loop, IKernel kernel)
    {
        _loop = loop;
        _kernel = kernel;
        _dueMs = loop.ClockMs + Lingering.TimeoutMs;
        _place = new LinkedListNode<Action>(Reset);
    }

    private BorrowedFd Fd => BorrowedFd.FromRaw(_socket.Raw);

    /// <summary>Tells the peer of a program's socket the end, and goes on reading what it sends. The caller closes its
    /// descriptor.</summary>
    /// <returns>False for want of descriptors or memory: then there is nothing for it but the close.</returns>
    internal static bool TryBegin(BorrowedFd socket)
    {
        OwnedDescriptor copy = new();
        SysResult made = Syscall.Duplicate(socket);
        if (made.IsError)
        {
            _ = LinuxKernel.Instance.ShutdownSend(socket);
            return false;
        }

        copy.Open(LinuxKernel.Instance, (int)made.Value);
        try
        {
            Begin(LoopGroup.Default.ForPair(copy, copy).Loop, LinuxKernel.Instance, copy);
            return true;
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            copy.Close(); // No loop could be made, or there is no memory.
            return false;
        }
    }

    /// <summary>The same for a socket of ours, which it takes over and closes.</summary>
    /// <exception cref="OutOfMemoryException">It is still the caller's.</exception>
    internal static void Begin(EventLoop loop, IKernel kernel, OwnedDescriptor socket)
    {
        LingeringClose lingering = new(loop, kernel);
        _ = kernel.ShutdownSend(BorrowedFd.FromRaw(socket.Raw)); // Again: does nothing.
        lingering._socket.Open(kernel, socket.Detach());
        Lingering.Add(lingering._place);
        lingering.Post();
    }

    /// <summary>Reads what has come and drops it.</summary>
    /// <param name="kernel">Reads without waiting.</param>
    /// <param name="socket">Of any kind of stream.</param>
    /// <param name="readsMax">A peer that sends faster than we read cannot keep us here.</param>
    /// <returns>0 at the end of the stream, EAGAIN if more may come, EINPROGRESS if there is more, or why the
    /// connection is gone.</returns>
    internal static unsafe Errno Drop(IKernel kernel, BorrowedFd socket, int readsMax)
    {
        const int Bytes = 16 * 1024;
        byte* dropped = stackalloc byte[Bytes];
        for (int i = 0; i < readsMax; i++)
        {
            Moved read = kernel.Receive(socket, isUnix: false, dropped, Bytes);
            if (read.IsError || read.Count == 0)
            {
                return (Errno)read.Error;
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

        if (_mustReset)
        {
            _kernel.SetLinger(Fd, reset: true);
            End();
            return false;
        }

        if (_watch is null && _loop.Watch(Fd, EpollReadiness.Watched, this, out ulong watch) == 0)
        {
            _watch = watch;
        }

        Errno error = Drop(_kernel, Fd, ReadsPerTurn);
        if (_watch is null || error is not (Errno.EAGAIN or Errno.EINPROGRESS) || _loop.ClockMs >= _dueMs)
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
            _loop.Unwatch(Fd, watch); // Not only forgotten: of a copy epoll would go on to tell.
            _watch = null;
        }

        _socket.Close();
        Lingering.Remove(_place);
    }
}
