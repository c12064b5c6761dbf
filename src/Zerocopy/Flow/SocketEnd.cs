using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A stream socket as an end of a flow.</summary>
/// <remarks>Its descriptor is valid between <see cref="TryEnter"/> and <see cref="Exit"/>, which is one turn. Between
/// turns the loop's registration may hold a lease, so that a dispose of the socket wakes us.</remarks>
internal sealed class SocketEnd : FlowEnd, IReadinessHandler
{
    private IKernel _kernel = null!;
    private EndpointKind _kind;
    private object? _given; // The user's NetworkStream or Socket; null for a bare handle.
    private FdLease _lease;
    private int _fd = -1;
    private bool _wakesOnDispose;
    private FlowOperation? _owner;
    private Registration? _registration;
    private LoopErrand? _errand;
    private int _edges; // From the loop's thread, where the owner runs elsewhere.

    internal SafeHandle? Handle { get; private set; }

    internal override int Fd => _fd;

    internal override string ReadName => _kind == EndpointKind.UnixSocket ? "recvmsg" : "recv";

    internal override string WriteName => "send";

    /// <summary>The loop that watches it.</summary>
    private EventLoop Loop => _errand?.Loop ?? _owner!.HomeLoop!;

    private NetworkStream? Network => _given as NetworkStream;

    private Socket? Socket => _given as Socket ?? Network?.Socket;

    /// <param name="kernel">What moves its bytes.</param>
    /// <param name="endpoint">A socket.</param>
    /// <param name="owner">Who waits for it; null in a sync transfer, which polls.</param>
    internal void Open(IKernel kernel, in Endpoint endpoint, FlowOperation? owner)
    {
        Debug.Assert(endpoint.Handle is not null && Handle is null);
        _kernel = kernel;
        _kind = endpoint.Kind;
        Handle = endpoint.Handle;
        _given = (object?)endpoint.Stream ?? endpoint.Socket;
        _wakesOnDispose = endpoint.WakesOnDispose;
        Marks = Readiness.Assumed;
        _edges = 0;
        _owner = owner;
    }

    /// <summary>Opens an end of a simulated kernel: a descriptor without a handle, always leased.</summary>
    internal void OpenSimulated(IKernel kernel, EndpointKind kind, int fd)
    {
        _kernel = kernel;
        _kind = kind;
        _fd = fd;
        Marks = Readiness.Assumed;
    }

    internal override void Close()
    {
        Debug.Assert(!_lease.IsHeld && _registration is null);
        _owner = null;
        _errand = null;
        Handle = null;
        _given = null;
        _fd = -1;
    }

    internal override bool TryEnter()
    {
        if (_lease.IsHeld)
        {
            return true; // Source and destination are the same socket.
        }

        if (!FdLease.TryAcquire(Handle, out _lease))
        {
            Marks |= Readiness.Closed;
            return false;
        }

        _fd = _lease.Raw;
        return true;
    }

    internal override void Exit()
    {
        if (_lease.IsHeld)
        {
            _lease.Release();
            _fd = -1;
        }
    }

    internal override bool IsDisposed()
    {
        // While any lease is held a disposed handle looks alive: the loop's goes first.
        Debug.Assert(!_lease.IsHeld);
        bool isAtHome = _owner is { HomeLoop: not null };
        if (Has(Readiness.Closed) || (isAtHome && _registration is { } registration && registration.Look()))
        {
            return true;
        }

        if (Handle!.IsClosed || Network is { CanRead: false, CanWrite: false })
        {
            return true;
        }

        // Connected is false after a Shutdown too, so it is only a hint. Socket.Dispose sets its flag before it
        // touches the descriptor, so whoever was woken by it gets this exception.
        if (Socket is { Connected: false })
        {
            try
            {
                _ = Socket.Available;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        return false;
    }

    public void OnReadiness(Readiness readiness)
    {
        if (_owner!.HomeLoop is not null)
        {
            Marks |= readiness;
            _owner.OnMarks();
            return;
        }

        _ = Interlocked.Or(ref _edges, (int)readiness);
        _owner.Post();
    }

    // A stream that does not own its socket leaves no trace there when it is disposed.
    internal override bool IsUntold => Network is not null;

    internal override void TakeEdges()
    {
        if (Network is { CanRead: false, CanWrite: false })
        {
            Marks |= Readiness.Closed;
        }

        if (_edges != 0)
        {
            Marks |= (Readiness)Interlocked.Exchange(ref _edges, 0);
        }
    }

    /// <summary>Registers, the first time that somebody waits: a transfer that never waits never does. The kernel
    /// reports what is ready by then as an edge, so nothing between is lost.</summary>
    internal override int Park()
    {
        if (_registration is not null || _errand is not null)
        {
            return _errand?.Error ?? 0;
        }

        if (_owner!.HomeLoop is not null)
        {
            return Register(_wakesOnDispose);
        }

        _errand = new LoopErrand(FlowHosts.ForPair(Handle!, Handle!).Loop, this, _owner);
        _errand.Post();
        return 0;
    }

    internal override bool Leave()
    {
        if (_errand is not null)
        {
            return _errand.Leave();
        }

        Unregister();
        return true;
    }

    /// <summary>On the loop's thread.</summary>
    internal int Register(bool keepsLease)
    {
        if (!FdLease.TryAcquire(Handle, out FdLease lease))
        {
            OnReadiness(Readiness.Closed);
            return 0;
        }

        _registration = Loop.Attach(Handle!, lease.Raw, keepsLease, this, out Errno error);
        lease.Release();
        return (int)error;
    }

    /// <summary>On the loop's thread.</summary>
    internal void Unregister()
    {
        if (_registration is { } registration)
        {
            _registration = null;
            Loop.Detach(registration, this);
        }
    }

    internal override unsafe Moved Read(Block block, int length)
    {
        Debug.Assert(length > 0 && length <= block.Size);
        fixed (byte* start = block.Span)
        {
            return _kernel.Receive(_fd, _kind == EndpointKind.UnixSocket, start, length);
        }
    }

    // TCP returns what it has; a unix socket also stops at passed descriptors, and says so. Of others nothing is known.
    internal override bool ShortReadProvesEmpty(in Moved read, int asked)
        => _kind == EndpointKind.TcpSocket || (_kind == EndpointKind.UnixSocket && !read.Cut);

    internal override Moved Peek() => _kernel.Peek(_fd);

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        fixed (byte* start = bytes.Span)
        {
            return _kernel.Send(_fd, start, bytes.Length);
        }
    }

    internal override Moved FinishWriting() => _kernel.ShutdownSend(_fd);

    internal override bool PeerMayHaveFinished()
        => _kind != EndpointKind.TcpSocket || _kernel.PeerMayHaveFinished(_fd);

    internal override int DeathOf() => _kernel.DeathOf(_fd, _kind == EndpointKind.UnixSocket);

    internal override void CloseOwned(bool reset)
    {
        if (TryEnter())
        {
            BorrowedFd fd = BorrowedFd.FromRaw(_fd);
            if (reset)
            {
                _ = Syscall.SetLinger(fd, true, 0); // A unix socket has no reset: its peer sees the close.
            }
            else
            {
                DropUnread(fd);
            }

            Exit();
        }

        Network?.Dispose();
        if (Socket is not null)
        {
            Socket.Dispose();
        }
        else
        {
            Handle!.Dispose();
        }
    }

    /// <summary>Bytes that nobody read would turn the close into a reset, and that would destroy what is still
    /// underway.</summary>
    private static void DropUnread(BorrowedFd fd)
    {
        const int ReadsMax = 256; // A peer that sends faster than we read cannot keep us here.
        Span<byte> dropped = stackalloc byte[16 * 1024];
        for (int i = 0; i < ReadsMax && Syscall.Recv(fd, dropped, MessageFlags.DontWait).Raw > 0; i++)
        {
        }
    }
}
