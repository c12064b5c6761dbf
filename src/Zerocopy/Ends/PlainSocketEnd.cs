using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zerocopy.Sys;
using SocketFlags = System.Net.Sockets.SocketFlags;

namespace Zerocopy;

/// <summary>A stream socket as an end of a flow where the kernel may not be asked: read and written by .NET's own
/// calls, as exactly as by the kernel's.</summary>
/// <remarks>
/// <para>Bytes are moved by calls that never wait, on a view of the socket that is non-blocking while the user's is
/// as he left it. So every byte is counted, also of a send that takes a part.</para>
/// <para>What a wait is for a descriptor is an operation of the socket that can be cancelled without a byte in doubt:
/// a read of no bytes, and a send of one. Windows knows non-blocking sockets but no such view; there whole blocks are
/// sent, and what was underway at a cancel is not counted.</para>
/// </remarks>
internal sealed partial class PlainSocketEnd : HandleEnd
{
    private const int LookLaterMs = 10;

    private readonly Socket _socket;
    private readonly Socket? _view;
    private readonly NetworkStream? _network;
    private readonly EndpointKind _kind;
    private readonly CancellationToken _cancellation;
    private bool _hasEnded; // A read has said so.
    private Wait _probe;
    private Wait _send;

    /// <param name="endpoint">A connected socket.</param>
    /// <param name="runner">Whose end it is; posted when an operation is over, which its token cancels.</param>
    internal PlainSocketEnd(in Endpoint endpoint, FlowRunner runner)
    {
        _life.Open(endpoint.Handle!, wakes: false);
        Runner = runner;
        _socket = _life.IsDuplicate
            ? SocketView.Over(PlainProbe.SocketHandleOf(_life.Handle!)) : endpoint.Socket!;
        _network = endpoint.Stream as NetworkStream;
        _kind = endpoint.Kind;
        _cancellation = runner.StreamCancellation;
        _view = OperatingSystem.IsWindows() ? null : TryView();
    }

    /// <summary>True if .NET's socket is but a view of the descriptor, which another handle has.</summary>
    private bool IsView => !ReferenceEquals(_socket.SafeHandle, _life.Handle);

    internal override bool IsBusy => _probe.IsPending || _send.IsPending;

    internal override bool IsWriting => _send.IsPending;

    internal override bool WriteIsOver => _send is { IsStarted: true, IsOver: true };

    internal override bool MayPostLate => true;

    internal override bool ServesOnce => true;

    internal override string ReadName => "recv";

    internal override string WriteName => "send";

    private protected override bool IsGone => base.IsGone || _network is { CanRead: false, CanWrite: false };

    internal bool Is(SafeHandle handle) => ReferenceEquals(Given, handle);

    // A socket that nothing is going on with is disposed silently, and .NET does not tell of an error.
    private protected override Readiness LookForUntold()
        => IsGone ? Readiness.Closed : HasError() ? Readiness.Failed : Readiness.None;

    internal override bool IsDisposed()
    {
        if (base.IsDisposed())
        {
            return true;
        }

        try
        {
            _ = _socket.Available; // Dispose sets its flag before it touches the descriptor.
            return false;
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

    internal override Moved Read(Block block, int length)
    {
        while (!_probe.IsPending)
        {
            bool isProbed = _probe.IsStarted;
            if (isProbed)
            {
                _ = _probe.Take(out SocketError failed);
                if (failed != SocketError.Success)
                {
                    return Failed(failed); // The kernel tells it once: a read would say end of stream.
                }
            }

            // Without a view a read waits, unless a probe has found something.
            if (_view is not null || isProbed)
            {
                int count = (_view ?? _socket).Receive(block.Span[..length], SocketFlags.None, out SocketError error);
                if (error != SocketError.WouldBlock)
                {
                    _hasEnded = error == SocketError.Success && count == 0 && length > 0;
                    return error == SocketError.Success ? Moved.Bytes(count) : Failed(error);
                }
            }

            Begin(ref _probe, Receive(), ReadCompleted);
        }

        return Moved.WouldBlock;
    }

    internal override Moved Write(ReadOnlyMemory<byte> bytes)
    {
        while (!_send.IsPending)
        {
            if (_send.IsStarted)
            {
                int sent = _send.Take(out SocketError failed);
                if (sent > 0 || failed != SocketError.Success)
                {
                    return sent > 0 ? Moved.Bytes(sent) : Failed(failed);
                }

                if (bytes.IsEmpty)
                {
                    return Moved.WouldBlock; // Asked at the end for what a send has done, and this was none.
                }
            }

            if (_view is not null)
            {
                int count = _view.Send(bytes.Span, SocketFlags.None, out SocketError error);
                if (count > 0)
                {
                    return Moved.Bytes(count);
                }

                if (error is not (SocketError.WouldBlock or SocketError.Success))
                {
                    return Failed(error);
                }
            }

            Begin(ref _send, Send(_view is null ? bytes : bytes[..1]), WriteCompleted);
        }

        return Moved.WouldBlock;
    }

    internal override Moved FinishWriting()
    {
        try
        {
            (_view ?? _socket).Shutdown(SocketShutdown.Send);
            return Moved.Bytes(0);
        }
        catch (SocketException e)
        {
            return Failed(e.SocketErrorCode);
        }
        catch (ObjectDisposedException)
        {
            return Moved.Failed((int)Errno.EBADF);
        }
    }

    // A connection that was reset has no peer any more; to ask for the error itself would take it from who reads.
    internal override int DeathOf()
    {
        bool isDead = HasError() && (_kind == EndpointKind.UnixSocket || !Another().Connected);
        return isDead ? (int)Errno.ECONNRESET : 0;
    }

    internal override bool ShowsDispose => true;

    internal override bool PeerMayHaveFinished()
    {
        const int TcpLevel = 6, TcpInfo = 11; // Whose first byte is the state.
        const byte FinWait1 = 4, FinWait2 = 5;
        Span<byte> state = stackalloc byte[1];
        try
        {
            return !OperatingSystem.IsLinux() || _kind != EndpointKind.TcpSocket
                || _socket.GetRawSocketOption(TcpLevel, TcpInfo, state) != 1 || state[0] is not (FinWait1 or FinWait2);
        }
        catch (SocketException)
        {
            return true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>The socket once more, non-blocking for .NET too. The user's own learns that its descriptor does not
    /// block, so that its sync calls go on waiting properly.</summary>
    private Socket? TryView()
    {
        try
        {
            if (TryEnter())
            {
                bool blocking = _socket.Blocking;
                _socket.Blocking = false;
                _socket.Blocking = blocking;
                Socket view = Another();
                view.Blocking = false;
                return view;
            }
        }
        catch (ObjectDisposedException)
        {
            Marks |= Readiness.Closed;
        }
        finally
        {
            Exit();
        }

        return null;
    }

    private Socket Another() => SocketView.Over(PlainProbe.SocketHandleOf(_socket.SafeHandle));

    private static Moved Failed(SocketError error) => Moved.Failed(error switch
    {
        SocketError.ConnectionReset => (int)Errno.ECONNRESET,
        SocketError.ConnectionAborted => (int)Errno.ECONNABORTED,
        SocketError.ConnectionRefused => (int)Errno.ECONNREFUSED,
        SocketError.Shutdown => (int)Errno.EPIPE,
        SocketError.NotConnected => (int)Errno.ENOTCONN,
        SocketError.TimedOut => (int)Errno.ETIMEDOUT,
        SocketError.HostUnreachable => (int)Errno.EHOSTUNREACH,
        SocketError.NetworkUnreachable => (int)Errno.ENETUNREACH,
        SocketError.NetworkDown => (int)Errno.ENETDOWN,
        SocketError.NoBufferSpaceAvailable => (int)Errno.ENOBUFS,
        SocketError.OperationAborted or SocketError.Interrupted => (int)Errno.EBADF, // Disposed, or about to be.
        _ => (int)Errno.EIO,
    });

    private bool HasError()
    {
        if (OperatingSystem.IsLinux())
        {
            return HasErrorOnLinux();
        }

        try
        {
            return _socket.Poll(0, SelectMode.SelectError);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    // .NET's Poll takes urgent data for an error.
    private bool HasErrorOnLinux()
    {
        if (!FdLease.TryAcquire(_life.Handle, out FdLease lease))
        {
            return false;
        }

        using (lease)
        {
            Span<PollFd> fds = [new PollFd(lease.Fd, PollEvents.None)];
            return !Syscall.Poll(fds, timeoutMs: 0).IsError && (fds[0].Returned & PollEvents.Error) != 0;
        }
    }

    private ValueTask<int> Receive()
    {
        try
        {
            return _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _cancellation);
        }
        catch (ObjectDisposedException e)
        {
            return ValueTask.FromException<int>(e);
        }
        catch (Exception e) when (!IsOfTheSocket(e))
        {
            return LookLater(_cancellation);
        }
    }

    private ValueTask<int> Send(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return _socket.SendAsync(bytes, SocketFlags.None, _cancellation);
        }
        catch (ObjectDisposedException e)
        {
            return ValueTask.FromException<int>(e);
        }
        catch (Exception e) when (!IsOfTheSocket(e))
        {
            return LookLater(_cancellation);
        }
    }

    // .NET's engine takes a descriptor once, by the handle that came first, and has no name for this error. By another
    // handle it is looked at now and then.
    private static bool IsOfTheSocket(Exception e)
        => e is SocketException or InvalidOperationException or OperationCanceledException;

    private static async ValueTask<int> LookLater(CancellationToken cancellation)
    {
        await Task.Delay(LookLaterMs, cancellation).ConfigureAwait(false);
        return 0;
    }

    private static void Begin(ref Wait wait, ValueTask<int> task, Action completed)
    {
        Debug.Assert(!wait.IsStarted);
        wait.Task = task;
        wait.IsStarted = true;
        if (task.IsCompleted)
        {
            wait.IsOver = true;
        }
        else
        {
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(completed);
        }
    }

    private void ReadCompleted()
    {
        Volatile.Write(ref _probe.IsOver, true);
        OnReadiness(Readiness.Readable);
    }

    private void WriteCompleted()
    {
        Volatile.Write(ref _send.IsOver, true);
        OnReadiness(Readiness.Writable);
    }

    /// <summary>An operation that waits.</summary>
    private struct Wait
    {
        internal ValueTask<int> Task;
        internal bool IsStarted;
        internal bool IsOver; // Set by the completing thread.

        internal readonly bool IsPending => IsStarted && !Volatile.Read(in IsOver);

        internal int Take(out SocketError error)
        {
            Debug.Assert(IsStarted && !IsPending);
            ValueTask<int> task = Task;
            this = default;
            error = SocketError.Success;
            try
            {
                return task.GetAwaiter().GetResult();
            }
            catch (SocketException e)
            {
                error = e.SocketErrorCode;
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
            {
                error = SocketError.OperationAborted;
            }

            return 0;
        }
    }
}
