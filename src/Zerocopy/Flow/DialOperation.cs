using System.Net;
using System.Net.Sockets;
using Zerocopy.Sys;
using SocketFlags = Zerocopy.Sys.SocketFlags;

namespace Zerocopy;

/// <summary>One connect(2) on a loop: started on the caller's thread, finished by an edge.</summary>
internal sealed class DialOperation : LoopWork, IReadinessHandler, IThreadPoolWorkItem
{
    // A unix listener whose queue is full answers EAGAIN, and no edge tells when there is room.
    internal const int QueueFullRetryMs = 10;

    private readonly TaskCompletionSource<Errno> _connected = new(); // Completed on the thread pool.
    private readonly byte[] _address;
    private readonly SafeSocketHandle _handle;
    private readonly CancellationToken _token;
    private readonly EventLoop _loop;
    private CancellationTokenRegistration _cancellation;
    private ulong? _watch;
    private Readiness _marks;
    private Errno _error;
    private bool _isOver;

    private DialOperation(EndPoint endPoint, SafeSocketHandle handle, CancellationToken token)
    {
        SocketAddress address = endPoint.Serialize();
        _address = address.Buffer[..address.Size].ToArray();
        _handle = handle;
        _token = token;
        _loop = LoopGroup.Default.ForPair(handle, handle).Loop;
    }

    internal static async Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        SafeSocketHandle handle = MakeSocket(endPoint);
        try
        {
            Errno error = await new DialOperation(endPoint, handle, token).Begin().ConfigureAwait(false);
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

    private static SafeSocketHandle MakeSocket(EndPoint endPoint)
    {
        SocketDomain domain = endPoint switch
        {
            UnixDomainSocketEndPoint => SocketDomain.Unix,
            _ when endPoint.AddressFamily == AddressFamily.InterNetworkV6 => SocketDomain.Inet6,
            _ => SocketDomain.Inet,
        };
        SysResult made = Syscall.Socket(domain, SocketKind.Stream, SocketFlags.NonBlocking | SocketFlags.CloseOnExec);
        if (made.IsError)
        {
            throw ThrowHelper.NotConnected(endPoint, "socket", made.Errno);
        }

        SafeSocketHandle handle = new((nint)made.Value, ownsHandle: true);
        if (domain != SocketDomain.Unix)
        {
            BorrowedFd fd = BorrowedFd.FromRaw((int)made.Value);
            _ = Syscall.SetSocketOption(fd, SocketLevel.Tcp, SocketOption.TcpNoDelay, 1);
        }

        return handle;
    }

    public void OnReadiness(Readiness readiness)
    {
        _marks |= readiness;
        Post();
    }

    public void Execute() => _connected.SetResult(_error);

    protected override void Enqueue() => _loop.Enqueue(this);

    protected override bool Failed(Exception exception)
    {
        if (!_isOver)
        {
            End(Errno.ENOMEM); // What else can go wrong is a system call, and says so itself.
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
            End(Errno.ECANCELED);
        }
        else if (_error == Errno.EAGAIN)
        {
            Connect();
            if (_error == Errno.EAGAIN)
            {
                _loop.Wheel.Arm(Timer, EventLoop.NowMs + QueueFullRetryMs);
            }
            else if (_error != Errno.EINPROGRESS)
            {
                End(_error);
            }
        }

        if (_isOver || _error == Errno.EAGAIN)
        {
            return false;
        }

        if (_watch is null)
        {
            _ = FdLease.TryAcquire(_handle, out FdLease lease);
            Errno error = _loop.Watch(lease.Fd, EpollReadiness.Watched, this, out ulong watch);
            lease.Release();
            _watch = error == 0 ? watch : null;
            if (error != 0)
            {
                End(error);
            }
        }
        else if ((_marks & (Readiness.Writable | Readiness.Failed | Readiness.HangUp)) != 0)
        {
            _ = FdLease.TryAcquire(_handle, out FdLease lease);
            SysResult asked = Syscall.GetSocketError(lease.Fd, out Errno error);
            lease.Release();
            End(asked.IsError ? asked.Errno : error);
        }

        return false;
    }

    private Task<Errno> Begin()
    {
        Connect();
        if (_error is not (Errno.EINPROGRESS or Errno.EAGAIN))
        {
            _isOver = true;
            _connected.SetResult(_error);
            return _connected.Task;
        }

        _cancellation = _token.UnsafeRegister(static operation => ((DialOperation)operation!).Post(), this);
        Post();
        return _connected.Task;
    }

    private void Connect()
    {
        _ = FdLease.TryAcquire(_handle, out FdLease lease);
        _error = Syscall.Connect(lease.Fd, _address).Errno;
        lease.Release();
        if (_error == Errno.EINTR)
        {
            _error = Errno.EINPROGRESS; // Interrupted, it goes on by itself; a second connect would say EALREADY.
        }
    }

    private void End(Errno error)
    {
        _isOver = true;
        if (HasDeadline)
        {
            _loop.Wheel.Disarm(Timer);
        }

        if (_watch is { } watch)
        {
            _ = FdLease.TryAcquire(_handle, out FdLease lease);
            _loop.Unwatch(lease.Fd, watch);
            lease.Release();
            _watch = null;
        }

        _ = _cancellation.Unregister();
        _error = error;
        PoolQueue.Add(this);
    }
}
