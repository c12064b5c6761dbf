using System.Net;
using System.Net.Sockets;
using Zerocopy.Sys;
using SocketFlags = Zerocopy.Sys.SocketFlags;

namespace Zerocopy.Server;

/// <summary>One socket that listens. All loops of its server have it in their epoll, and accept from the one
/// queue.</summary>
internal sealed class ListeningSocket
{
    private readonly IKernel _kernel;
    private readonly int _fd;
    private readonly string? _path; // Made by its bind, and taken away at its close.

    private ListeningSocket(IKernel kernel, int fd, EndPoint endPoint, string? path)
    {
        _kernel = kernel;
        _fd = fd;
        _path = path;
        EndPoint = endPoint;
    }

    /// <summary>Where it listens; the port is the one that the kernel chose.</summary>
    internal EndPoint EndPoint { get; }

    internal bool IsUnix => EndPoint is UnixDomainSocketEndPoint;

    /// <summary>Valid until its close.</summary>
    internal BorrowedFd Fd => BorrowedFd.FromRaw(_fd);

    /// <exception cref="SocketException">It is taken, not ours, or there is no descriptor.</exception>
    internal static ListeningSocket Open(RelayListener listener)
    {
        PeerAddress address = new(listener.EndPoint);
        SysResult made = Syscall.Socket(
            address.Domain, SocketKind.Stream, SocketFlags.NonBlocking | SocketFlags.CloseOnExec);
        OwnedFd socket = OwnedFd.FromRaw((int)Done(made, listener, "socket").Value);
        string? path = null;
        try
        {
            if (!address.IsUnix)
            {
                SetOptions(socket, listener, address);
            }

            path = Bind(socket, listener, address);
            if (path is not null && listener.UnixMode is { } mode)
            {
                File.SetUnixFileMode(path, mode); // Before it listens nobody can connect.
            }

            _ = Done(Syscall.Listen(socket.Borrow(), listener.Backlog), listener, "listen");
            EndPoint bound = address.IsUnix ? listener.EndPoint : NameOf(socket, listener);
            int fd = socket.Borrow().Raw;
            socket.SetHandleAsInvalid();
            return new ListeningSocket(LinuxKernel.Instance, fd, bound, path);
        }
        catch
        {
            socket.Dispose();
            if (path is not null)
            {
                File.Delete(path);
            }

            throw;
        }
    }

    /// <summary>One of a simulated kernel.</summary>
    internal static ListeningSocket OpenSimulated(IKernel kernel, int fd, EndPoint endPoint)
        => new(kernel, fd, endPoint, path: null);

    /// <summary>Closes it; who waits in its queue is reset. No loop watches it any more.</summary>
    internal void Close()
    {
        if (_path is not null)
        {
            File.Delete(_path); // First: who finds it must find somebody who listens.
        }

        _kernel.Close(_fd);
    }

    private static void SetOptions(OwnedFd socket, RelayListener listener, PeerAddress address)
    {
        BorrowedFd fd = socket.Borrow();
        _ = Done(Syscall.SetSocketOption(fd, SocketLevel.Socket, SocketOption.ReuseAddress, 1), listener, "setsockopt");
        _ = Done(Syscall.SetSocketOption(fd, SocketLevel.Tcp, SocketOption.TcpNoDelay, 1), listener, "setsockopt");
        if (address.Domain == SocketDomain.Inet6)
        {
            bool isDual = listener.DualStack && ((IPEndPoint)listener.EndPoint).Address.Equals(IPAddress.IPv6Any);
            int only = isDual ? 0 : 1;
            _ = Done(
                Syscall.SetSocketOption(fd, SocketLevel.Ipv6, SocketOption.Ipv6Only, only), listener, "setsockopt");
        }
    }

    /// <returns>The path that it has made, or null.</returns>
    private static string? Bind(OwnedFd socket, RelayListener listener, PeerAddress address)
    {
        string? path = address.IsUnix && address.Bytes[2] != 0 ? listener.EndPoint.ToString() : null;
        SysResult bound = Syscall.Bind(socket.Borrow(), address.Bytes);
        if (bound.Errno == Errno.EADDRINUSE && path is not null && IsStale(path, address))
        {
            File.Delete(path);
            bound = Syscall.Bind(socket.Borrow(), address.Bytes);
        }

        _ = Done(bound, listener, "bind");
        return path;
    }

    /// <summary>True if a socket is there that nobody listens at any more, left by a process that was killed. An
    /// ordinary file refuses a connection as well, and is never taken away.</summary>
    private static bool IsStale(string path, PeerAddress address)
    {
        SysResult made = Syscall.Socket(
            SocketDomain.Unix, SocketKind.Stream, SocketFlags.NonBlocking | SocketFlags.CloseOnExec);
        if (made.IsError)
        {
            return false;
        }

        using OwnedFd probe = OwnedFd.FromRaw((int)made.Value);
        return Syscall.Connect(probe.Borrow(), address.Bytes).Errno == Errno.ECONNREFUSED && IsSocket(path);
    }

    private static bool IsSocket(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return false;
        }
        catch (IOException e)
        {
            return e.HResult == (int)Errno.ENXIO; // How open(2) refuses a socket, and no ordinary file.
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static EndPoint NameOf(OwnedFd socket, RelayListener listener)
    {
        byte[] name = new byte[AddressBuffer.BytesMax];
        _ = Done(Syscall.GetSocketName(socket.Borrow(), name, out int length), listener, "getsockname");
        return AddressBuffer.ToEndPoint(name.AsSpan(0, length));
    }

    private static SysResult Done(SysResult result, RelayListener listener, string call)
        => result.IsError ? throw ThrowHelper.NotListening(listener.EndPoint, call, result.Errno) : result;
}
