using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One connect(2) on a loop, awaited: started on the caller's thread, finished by an edge. Until it has ended
/// the socket is ours alone.</summary>
internal sealed class DialOperation : LoopWork, IReadinessHandler, IThreadPoolWorkItem
{
    private static readonly LinuxKernel s_kernel = LinuxKernel.Instance;

    private readonly Publication<Errno> _publication = Publication<Errno>.Take();
    private readonly PeerAddress _address;
    private readonly int _socket;
    private readonly CancellationToken _token;
    private readonly EventLoop _loop;
    private CancellationTokenRegistration _cancellation;
    private DialMachine _machine;
    private ulong? _watch;
    private Readiness _marks;
    private bool _isOver;

    private DialOperation(PeerAddress address, int socket, CancellationToken token)
    {
        _address = address;
        _socket = socket;
        _token = token;
        _loop = LoopGroup.Default.ForPair(this, address).Loop;
    }

    private BorrowedFd Fd => BorrowedFd.FromRaw(_socket);

    internal static async Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        PeerAddress address = new(endPoint);
        Moved made = DialMachine.OpenSocket(s_kernel, address);
        if (made.IsError)
        {
            throw ThrowHelper.NotConnected(endPoint, "socket", (Errno)made.Error);
        }

        SafeSocketHandle handle = new(made.Count, ownsHandle: true);
        try
        {
            DialOperation dial = new(address, made.Count, token);
            Errno error = await dial.Begin().ConfigureAwait(false);
            token.ThrowIfCancellationRequested();
            if (error != 0)
            {
                throw ThrowHelper.NotConnected(endPoint, "connect", error);
            }
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        Socket socket = new(handle);
        socket.Blocking = false;
        socket.Blocking = true; // Its sync calls wait, although the descriptor does not block.
        return socket;
    }

    public void OnReadiness(Readiness readiness)
    {
        _marks |= readiness;
        Post();
    }

    public void Execute() => _publication.Publish(_machine.Error, failure: null);

    protected override void Enqueue() => _loop.Enqueue(this);

    protected override bool Failed(Exception exception)
    {
        if (!_isOver)
        {
            _machine.Fail(Errno.ENOMEM); // What else can go wrong is a system call, and says so itself.
            End();
        }

        return false;
    }

    protected override bool Turn()
    {
        if (_isOver)
        {
            return false; // A cancel that came late.
        }

        if (_token.IsCancellationRequested)
        {
            _machine.Fail(Errno.ECANCELED);
        }
        else if (_loop.ClockMs >= _machine.DueMs)
        {
            _machine.Begin(s_kernel, Fd, _address, _loop.ClockMs);
        }
        else if (_marks != Readiness.None)
        {
            _machine.Take(s_kernel, Fd, _marks);
        }

        if (_machine.Phase == DialMachine.Phases.Connecting && _watch is null)
        {
            Watch();
        }

        switch (_machine.Phase)
        {
            case DialMachine.Phases.QueueFull:
                _loop.Wheel.Arm(Timer, _machine.DueMs);
                break;
            case DialMachine.Phases.Connected or DialMachine.Phases.Failed:
                End();
                break;
        }

        return false;
    }

    private void Watch()
    {
        Errno error = _loop.Watch(Fd, EpollReadiness.Watched, this, out ulong watch);
        if (error != 0)
        {
            _machine.Fail(error);
            return;
        }

        _watch = watch;
    }

    /// <returns>0, or why it is not connected.</returns>
    private ValueTask<Errno> Begin()
    {
        _machine.Begin(s_kernel, Fd, _address, _loop.ClockMs);
        if (_machine.Phase is DialMachine.Phases.Connected or DialMachine.Phases.Failed)
        {
            _isOver = true;
            return new ValueTask<Errno>(_machine.Error);
        }

        ValueTask<Errno> task = _publication.Task;
        _cancellation = _token.UnsafeRegister(static operation => ((DialOperation)operation!).Post(), this);
        Post();
        return task;
    }

    private void End()
    {
        Debug.Assert(!_isOver);
        _isOver = true;
        if (HasDeadline)
        {
            _loop.Wheel.Disarm(Timer);
        }

        if (_watch is { } watch)
        {
            _loop.Unwatch(Fd, watch);
            _watch = null;
        }

        _ = _cancellation.Unregister();
        PoolQueue.Add(this);
    }
}
