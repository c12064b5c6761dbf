using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zerocopy.Sys;
using Use = Zerocopy.EndpointResolver.Use;

namespace Zerocopy;

/// <summary>Asks the kernel what a descriptor is, and makes a socket ready for calls that must not block.</summary>
internal static class DescriptorProbe
{
    /// <summary>A bare handle: the kernel is asked for everything.</summary>
    internal static Endpoint Prepare(SafeHandle handle, long offset, Use use, string parameter, Stream? stream = null)
    {
        if (!FdLease.TryAcquire(handle, out FdLease lease))
        {
            throw ThrowHelper.Disposed(parameter);
        }

        using (lease)
        {
            bool isSocket = !Syscall.GetSocketKind(lease.Fd, out SocketKind kind).IsError;
            if (isSocket && offset >= 0)
            {
                throw ThrowHelper.Argument(parameter, "a socket, which has no offsets");
            }

            if (isSocket)
            {
                return PrepareSocket(Classify(lease.Fd, kind, parameter), handle, null, null, parameter);
            }

            Endpoint endpoint = FileProbe.Prepare(handle, lease.Fd, offset, use, parameter, stream);
            return stream is null ? endpoint : endpoint with { Stream = stream };
        }
    }

    /// <summary>A stream socket of a known kind.</summary>
    internal static Endpoint PrepareSocket(
        EndpointKind kind, SafeHandle handle, Socket? socket, NetworkStream? network, string parameter)
    {
        if (!FdLease.TryAcquire(handle, out FdLease lease))
        {
            throw ThrowHelper.Disposed(parameter);
        }

        try
        {
            if (socket is not { Connected: true } && IsListening(lease.Fd))
            {
                throw ThrowHelper.Argument(parameter, "a listening socket; accept a connection and pass that");
            }

            bool canSplice = kind != EndpointKind.OtherSocket && MakeNonBlocking(handle, socket, lease.Fd);
            SysResult flags = Syscall.GetDescriptorFlags(lease.Fd);
            bool closesOnExec = !flags.IsError
                && ((DescriptorFlags)(int)flags.Value & DescriptorFlags.CloseOnExec) != 0;

            // The Dispose of .NET's Socket disconnects only a close-on-exec socket. What merely holds the handle does
            // not.
            return new Endpoint(kind, handle, socket, network, canSplice, socket is not null && closesOnExec);
        }
        catch (ObjectDisposedException)
        {
            throw ThrowHelper.Disposed(parameter); // Just now, by another thread.
        }
        finally
        {
            lease.Release();
        }
    }

    /// <summary>Whether splice and pipe2 are there at all: with arguments that cannot be right, a kernel that has
    /// them says EBADF and EINVAL; a sandbox refuses before it looks at them.</summary>
    /// <returns>Which one is refused and with what, or null.</returns>
    internal static string? SpliceRefusal()
    {
        BorrowedFd none = BorrowedFd.FromRaw(-1);
        Errno splice = Syscall.Splice(none, none, 1, SpliceFlags.NonBlock).Errno;
        if (splice != Errno.EBADF)
        {
            return $"splice is refused with {splice.Name()}";
        }

        const PipeFlags Impossible = (PipeFlags)(-1);
        Errno pipe = Syscall.Pipe2(out _, out _, Impossible).Errno;
        return pipe == Errno.EINVAL ? null : $"pipe2 is refused with {pipe.Name()}";
    }

    /// <summary>True if a call on it says EAGAIN rather than wait.</summary>
    internal static bool IsNonBlocking(SafeHandle handle)
    {
        if (!FdLease.TryAcquire(handle, out FdLease lease))
        {
            return false;
        }

        using (lease)
        {
            SysResult flags = Syscall.GetStatusFlags(lease.Fd);
            return !flags.IsError && ((StatusFlags)(int)flags.Value & StatusFlags.NonBlocking) != 0;
        }
    }

    private static EndpointKind Classify(BorrowedFd fd, SocketKind socketKind, string parameter)
    {
        if (socketKind != SocketKind.Stream)
        {
            throw ThrowHelper.NotAStreamSocket(parameter, $"{socketKind} socket (descriptor {fd.Raw})");
        }

        if (Syscall.GetSocketDomain(fd, out SocketDomain domain).IsError
            || Syscall.GetSocketProtocol(fd, out SocketProtocol protocol).IsError)
        {
            return EndpointKind.OtherSocket;
        }

        return domain switch
        {
            SocketDomain.Unix => EndpointKind.UnixSocket,
            SocketDomain.Inet or SocketDomain.Inet6 when protocol == SocketProtocol.Tcp => EndpointKind.TcpSocket,
            _ => EndpointKind.OtherSocket,
        };
    }

    private static bool IsListening(BorrowedFd fd)
        => !Syscall.IsListening(fd, out bool listening).IsError && listening;

    /// <summary>Sets O_NONBLOCK in the one way that .NET knows of: its sync calls go on waiting properly.</summary>
    /// <returns>True if the descriptor does not block now.</returns>
    private static bool MakeNonBlocking(SafeHandle handle, Socket? socket, BorrowedFd fd)
    {
        SysResult flags = Syscall.GetStatusFlags(fd);
        if (!flags.IsError && ((StatusFlags)(int)flags.Value & StatusFlags.NonBlocking) != 0)
        {
            return true;
        }

        if (socket is null && handle is SafeSocketHandle socketHandle)
        {
            socket = SocketView.Over(socketHandle);
        }

        if (socket is null)
        {
            return false; // Not .NET's socket handle: nobody would undo it. recv and send need no flag.
        }

        bool blocking = socket.Blocking;
        socket.Blocking = false;
        socket.Blocking = blocking;
        return true;
    }
}
