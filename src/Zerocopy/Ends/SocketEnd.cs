using System.Diagnostics;
using System.Net.Sockets;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A stream socket as an end of a flow.</summary>
internal sealed class SocketEnd : DescriptorEnd
{
    private EndpointKind _kind;
    private object? _given; // The user's NetworkStream or Socket; null for a bare handle.

    internal override string ReadName => _kind == EndpointKind.UnixSocket ? "recvmsg" : "recv";

    internal override string WriteName => "send";

    private NetworkStream? Network => _given as NetworkStream;

    private Socket? Socket => _given as Socket ?? Network?.Socket;

    /// <param name="kernel">What moves its bytes.</param>
    /// <param name="endpoint">A socket.</param>
    /// <param name="owner">Who waits for it.</param>
    internal void Open(IKernel kernel, in Endpoint endpoint, FlowRunner owner)
    {
        Debug.Assert(endpoint.Handle is not null);
        _kind = endpoint.Kind;
        _given = (object?)endpoint.Stream ?? endpoint.Socket;
        Open(kernel, endpoint.Handle, endpoint.WakesOnDispose, owner);
    }

    /// <param name="kernel">What moves its bytes.</param>
    /// <param name="kind">Of which kind it is.</param>
    /// <param name="descriptor">Ours, and connected, or about to be.</param>
    /// <param name="owner">Who waits for it, on the descriptor's loop.</param>
    internal void Open(IKernel kernel, EndpointKind kind, OwnedDescriptor descriptor, FlowRunner owner)
    {
        _kind = kind;
        Open(kernel, descriptor, owner);
    }

    /// <inheritdoc cref="DescriptorEnd.OpenSimulated(IKernel, int)"/>
    internal void OpenSimulated(IKernel kernel, EndpointKind kind, int fd)
    {
        _kind = kind;
        OpenSimulated(kernel, fd);
    }

    internal override void Close()
    {
        base.Close();
        _given = null;
    }

    internal override bool IsDisposed()
    {
        if (base.IsDisposed())
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

    // A stream that does not own its socket leaves no trace there when it is disposed.
    private protected override bool NeedsWatch => Network is not null || base.NeedsWatch;

    private protected override bool IsGone => base.IsGone || Network is { CanRead: false, CanWrite: false };

    internal override unsafe Moved Read(Block block, int length)
    {
        Debug.Assert(length > 0 && length <= block.Size);
        fixed (byte* start = block.Span)
        {
            return Kernel.Receive(Fd, _kind == EndpointKind.UnixSocket, start, length);
        }
    }

    // TCP returns what it has; a unix socket also stops at passed descriptors, and says so. Of others nothing is known.
    internal override bool ShortReadProvesEmpty(in Moved read, int asked)
        => _kind == EndpointKind.TcpSocket || (_kind == EndpointKind.UnixSocket && !read.Cut);

    internal override Moved MoveTo(BorrowedFd destination, TransferMechanism route, int length, long offset)
        => Kernel.Splice(Fd, destination, length, offset);

    internal override Moved Peek() => Kernel.Peek(Fd);

    // Of other kinds of sockets nothing is known, and some do not know MSG_PEEK (Hyper-V's vsock).
    internal override bool CanBePeeked => _kind is EndpointKind.TcpSocket or EndpointKind.UnixSocket;

    internal override bool WritesAtOnce => true;

    internal override bool ReadsAtOnce => true;

    internal override unsafe Moved PeekBytes(Block scratch, int length)
    {
        Debug.Assert(CanBePeeked && length > 0 && length <= scratch.Size);
        fixed (byte* start = scratch.Span)
        {
            return Kernel.PeekBytes(Fd, _kind == EndpointKind.UnixSocket, start, length);
        }
    }

    internal override unsafe Moved TakePeeked(Block scratch, int length)
    {
        Debug.Assert(length > 0 && length <= scratch.Size);
        fixed (byte* start = scratch.Span)
        {
            return Kernel.TakePeeked(Fd, _kind == EndpointKind.UnixSocket, start, length);
        }
    }

    internal override bool IsAtEnd() => Peek() is { IsError: false, Count: 0 };

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        fixed (byte* start = bytes.Span)
        {
            return Kernel.Send(Fd, start, bytes.Length);
        }
    }

    internal override Moved FinishWriting() => Kernel.ShutdownSend(Fd);

    internal override bool ShowsDispose => Handle is not null;

    // Of a socket of ours nobody else could have made the end.
    internal override bool PeerMayHaveFinished()
        => _kind != EndpointKind.TcpSocket || Owned is not null || Kernel.PeerMayHaveFinished(Fd);

    internal override int DeathOf() => Kernel.DeathOf(Fd, _kind == EndpointKind.UnixSocket);

    internal override void CloseOwned(bool reset)
    {
        Socket? socket = Socket;
        if (TryEnter())
        {
            BeginClose(Fd, reset);
            if (socket is null && Handle is SafeSocketHandle handle)
            {
                socket = SocketView.Over(handle); // Disposed by itself it would reset the connection.
            }

            Exit();
        }

        // The socket first: a stream that owns it would shut it down both ways, and then late bytes reset it.
        if (socket is not null)
        {
            socket.Dispose();
        }
        else
        {
            Given!.Dispose();
        }

        Network?.Dispose();
    }

    /// <summary>Closes one of ours, on its loop.</summary>
    /// <param name="loop">That loop.</param>
    /// <param name="reset">The peer is to see a reset.</param>
    /// <param name="hasFinished">The peer has said its end, so that nothing comes that nobody reads.</param>
    internal void CloseOurs(EventLoop loop, bool reset, bool hasFinished)
    {
        OwnedDescriptor ours = Owned!;
        BorrowedFd fd = BorrowedFd.FromRaw(ours.Raw);
        if (reset)
        {
            Kernel.SetLinger(fd, reset: true);
        }
        else if (!hasFinished && MustLinger(fd))
        {
            TryLinger(loop, ours);
        }

        Forget();
        if (!ours.IsClosing)
        {
            ours.Close();
        }

        Close();
    }

    /// <summary>Sees to it that the close does what it should, and at once: how the user has set SO_LINGER would make
    /// it wait, or destroy what is still underway.</summary>
    private void BeginClose(BorrowedFd fd, bool reset)
    {
        Kernel.SetLinger(fd, reset); // A unix socket has no reset: its peer sees the close.
        if (!reset && MustLinger(fd))
        {
            _ = LingeringClose.TryBegin(fd);
        }
    }

    /// <summary>Leaves the rest to a lingering close, which takes the descriptor over.</summary>
    private void TryLinger(EventLoop loop, OwnedDescriptor ours)
    {
        Unregister();
        try
        {
            LingeringClose.Begin(loop, Kernel, ours);
        }
        catch (OutOfMemoryException)
        {
            // It is closed, then, and what still comes resets it.
        }
    }

    /// <summary>Bytes that nobody read would turn the close into a reset, so they are dropped. On a unix socket none
    /// come once it is shut down, and what is underway is in the peer's queue already.</summary>
    /// <returns>True if more may come.</returns>
    private bool MustLinger(BorrowedFd fd)
    {
        const int ReadsMax = 16;
        bool isUnix = _kind == EndpointKind.UnixSocket;
        if (isUnix)
        {
            Kernel.ShutdownBoth(fd);
        }

        Errno error = LingeringClose.Drop(Kernel, fd, isUnix ? int.MaxValue : ReadsMax);
        return !isUnix && error is Errno.EAGAIN or Errno.EINPROGRESS;
    }
}
