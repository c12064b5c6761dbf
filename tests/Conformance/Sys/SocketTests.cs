// socket, bind, listen, accept4, connect, shutdown, names, recv and send.
using System.Net;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SocketTests
{
    [Fact]
    public void A_connection_is_made_and_both_ends_know_their_names()
    {
        using OwnedFd listener = FdPair.TcpListener(out byte[] address);
        using OwnedFd client = NewTcp(SocketFlags.NonBlocking);

        Result.Fails(Errno.EINPROGRESS, Syscall.Connect(client.Borrow(), address));
        Result.WaitFor(client.Borrow(), PollEvents.Out);
        Result.Is(0, Syscall.GetSocketError(client.Borrow(), out Errno error));
        Assert.Equal(Errno.None, error);
        using OwnedFd server = OwnedFd.FromRaw((int)Result.Ok(Syscall.Accept4(
            listener.Borrow(), SocketFlags.NonBlocking | SocketFlags.CloseOnExec)));

        byte[] name = new byte[128];
        byte[] peer = new byte[128];
        Result.Is(0, Syscall.GetSocketName(client.Borrow(), name, out int nameLength));
        Result.Is(0, Syscall.GetPeerName(server.Borrow(), peer, out int peerLength));
        Assert.Equal(name[..nameLength], peer[..peerLength]);
        Result.Is(0, Syscall.GetPeerName(client.Borrow(), peer, out peerLength));
        Assert.Equal(address, peer[..peerLength]);
        StatusFlags flags = (StatusFlags)Result.Ok(Syscall.GetStatusFlags(server.Borrow()));
        Assert.True(flags.HasFlag(StatusFlags.NonBlocking));
        Result.Is(
            (int)DescriptorFlags.CloseOnExec, Syscall.GetDescriptorFlags(server.Borrow()));
    }

    [Fact]
    public void A_refused_connection_is_reported_by_the_pending_error_once()
    {
        FdPair.TcpListener(out byte[] address).Dispose();
        using OwnedFd client = NewTcp(SocketFlags.NonBlocking);

        SysResult result = Syscall.Connect(client.Borrow(), address);
        if (result.Errno == Errno.EINPROGRESS)
        {
            Result.WaitFor(client.Borrow(), PollEvents.Out);
            Result.Is(0, Syscall.GetSocketError(client.Borrow(), out Errno error));
            Assert.Equal(Errno.ECONNREFUSED, error);
        }
        else
        {
            Result.Fails(Errno.ECONNREFUSED, result);
        }

        Result.Is(0, Syscall.GetSocketError(client.Borrow(), out Errno cleared));
        Assert.Equal(Errno.None, cleared);
    }

    [Fact]
    public void A_duplicate_is_the_same_socket_and_keeps_it_open()
    {
        using FdPair tcp = FdPair.Tcp();
        OwnedFd copy = OwnedFd.FromRaw((int)Result.Ok(Syscall.Duplicate(tcp.A)));
        Assert.NotEqual(tcp.A.Raw, copy.Borrow().Raw);
        Result.Is((int)DescriptorFlags.CloseOnExec, Syscall.GetDescriptorFlags(copy.Borrow()));
        tcp.First.Dispose();
        Result.Is(1, Syscall.Send(copy.Borrow(), "x"u8, MessageFlags.NoSignal));
        Result.WaitFor(tcp.B, PollEvents.In);
        Result.Is(1, Syscall.Recv(tcp.B, stackalloc byte[2], MessageFlags.DontWait));
        copy.Dispose();
        Result.WaitFor(tcp.B, PollEvents.In);
        Result.Is(0, Syscall.Recv(tcp.B, stackalloc byte[2], MessageFlags.DontWait));
        Result.Fails(Errno.EBADF, Syscall.Duplicate(default));
    }

    [Fact]
    public void Unix_addresses_work_as_bytes()
    {
        byte[] address = AbstractAddress();
        using OwnedFd listener = NewUnix();
        using OwnedFd client = NewUnix();

        Result.Fails(Errno.ECONNREFUSED, Syscall.Connect(client.Borrow(), address));
        Result.Is(0, Syscall.Bind(listener.Borrow(), address));
        Result.Is(0, Syscall.Listen(listener.Borrow(), 1));
        Result.Is(0, Syscall.Connect(client.Borrow(), address));
        using OwnedFd server = OwnedFd.FromRaw(
            (int)Result.Ok(Syscall.Accept4(listener.Borrow(), SocketFlags.CloseOnExec)));
        byte[] name = new byte[128];
        Result.Is(0, Syscall.GetSocketName(server.Borrow(), name, out int length));
        Assert.Equal(address, name[..length]);
        Result.Is(0, Syscall.GetSocketName(server.Borrow(), name.AsSpan(0, 2), out int whole));
        Assert.Equal(address.Length, whole); // Cut, and told how long it is.
    }

    [Fact]
    public void Each_step_out_of_order_has_its_errno()
    {
        using OwnedFd listener = FdPair.TcpListener(out byte[] address);
        using OwnedFd other = NewTcp(SocketFlags.None);
        using FdPair datagram = FdPair.Unix(SocketKind.Datagram);
        using FdPair pipe = FdPair.Pipe();

        Result.Is(0, Syscall.SetStatusFlags(listener.Borrow(), StatusFlags.NonBlocking));
        Result.Fails(Errno.EAGAIN, Syscall.Accept4(listener.Borrow(), SocketFlags.None));
        Result.Fails(Errno.EINVAL, Syscall.Accept4(other.Borrow(), SocketFlags.None));
        Result.Fails(Errno.EADDRINUSE, Syscall.Bind(other.Borrow(), address));
        Result.Fails(Errno.EINVAL, Syscall.Bind(other.Borrow(), address.AsSpan(0, 3)));
        Result.Fails(Errno.EOPNOTSUPP, Syscall.Listen(datagram.A, 1));
        Result.Fails(Errno.ENOTCONN, Syscall.Shutdown(other.Borrow(), ShutdownHow.Send));
        Result.Fails(Errno.ENOTCONN, Syscall.GetPeerName(other.Borrow(), new byte[128], out _));
        Result.Fails(Errno.ENOTSOCK, Syscall.Listen(pipe.A, 1));
        Result.Fails(Errno.ENOTSOCK, Syscall.GetSocketName(pipe.A, new byte[128], out int none));
        Assert.Equal(0, none);
        Result.Fails(
            Errno.EAFNOSUPPORT,
            Syscall.Socket((SocketDomain)1000, SocketKind.Stream, SocketFlags.CloseOnExec));
        Result.Fails(
            Errno.EINVAL,
            Syscall.SocketPair((SocketKind)15, SocketFlags.CloseOnExec, out int a, out int b));
        Assert.Equal((-1, -1), (a, b));
    }

    [Fact]
    public void Shutdown_ends_one_direction()
    {
        using FdPair tcp = FdPair.Tcp();

        Result.Is(0, Syscall.Shutdown(tcp.A, ShutdownHow.Send));
        Result.Fails(Errno.EPIPE, Syscall.Send(tcp.A, "x"u8, MessageFlags.NoSignal));
        Result.WaitFor(tcp.B, PollEvents.In);
        Result.Is(0, Syscall.Recv(tcp.B, stackalloc byte[4], MessageFlags.None));
        Result.Is(1, Syscall.Send(tcp.B, "y"u8, MessageFlags.None));
        Result.WaitFor(tcp.A, PollEvents.In);
        Result.Is(1, Syscall.Recv(tcp.A, stackalloc byte[4], MessageFlags.None));
    }

    [Fact]
    public unsafe void Recv_obeys_its_flags()
    {
        using FdPair unix = FdPair.Unix(flags: SocketFlags.None);
        byte* buffer = stackalloc byte[8];

        Result.Fails(Errno.EAGAIN, Syscall.Recv(unix.A, buffer, 8, MessageFlags.DontWait));
        Result.Is(3, Syscall.Send(unix.B, "abc"u8, MessageFlags.None));
        Result.Is(3, Syscall.Recv(unix.A, buffer, 8, MessageFlags.Peek));
        Result.Is(0, Syscall.Recv(unix.A, buffer, 0, MessageFlags.None));
        Result.Is(3, Syscall.Recv(unix.A, buffer, 8, MessageFlags.None));
        Assert.Equal("abc"u8, new ReadOnlySpan<byte>(buffer, 3));
        unix.Second.Dispose();
        Result.Is(0, Syscall.Recv(unix.A, buffer, 8, MessageFlags.None));
    }

    [Fact]
    public unsafe void Send_takes_what_fits_and_then_says_EAGAIN()
    {
        using FdPair tcp = FdPair.Tcp(SocketFlags.None);
        byte[] bytes = new byte[1 << 20];
        SysResult last;
        do
        {
            fixed (byte* start = bytes)
            {
                last = Syscall.Send(tcp.A, start, (nuint)bytes.Length, MessageFlags.DontWait);
            }
        }
        while (!last.IsError);

        Assert.True(last.IsWouldBlock);
    }

    [Fact]
    public void A_reset_peer_and_a_wrong_descriptor_have_their_errno()
    {
        using FdPair tcp = FdPair.Tcp();
        using FdPair pipe = FdPair.Pipe();
        using OwnedFd alone = NewTcp(SocketFlags.None);
        Result.Is(0, Syscall.SetLinger(tcp.B, on: true, seconds: 0));
        tcp.Second.Dispose();

        Result.WaitFor(tcp.A, PollEvents.In);
        Result.Fails(Errno.ECONNRESET, Syscall.Recv(tcp.A, stackalloc byte[1], MessageFlags.None));
        Result.Fails(Errno.EPIPE, Syscall.Send(tcp.A, "x"u8, MessageFlags.NoSignal));
        Result.Fails(Errno.ENOTSOCK, Syscall.Recv(pipe.A, stackalloc byte[1], MessageFlags.None));
        Result.Fails(Errno.ENOTSOCK, Syscall.Send(pipe.B, "x"u8, MessageFlags.None));
        Result.Fails(
            Errno.ENOTCONN, Syscall.Recv(alone.Borrow(), stackalloc byte[1], MessageFlags.None));
    }

    [Fact]
    public void RecvMsg_reports_control_data_that_was_cut_off()
    {
        const SocketOption PassCredentials = (SocketOption)16; // SO_PASSCRED
        using FdPair unix = FdPair.Unix();
        Span<byte> buffer = stackalloc byte[8];

        Result.Is(3, Syscall.Send(unix.B, "abc"u8, MessageFlags.None));
        Result.Is(3, Syscall.RecvMsg(unix.A, buffer, MessageFlags.None, out MessageFlags plain));
        Assert.False(plain.HasFlag(MessageFlags.ControlTruncated));
        Assert.Equal("abc"u8, buffer[..3]);

        Result.Is(0, Syscall.SetSocketOption(unix.A, SocketLevel.Socket, PassCredentials, 1));
        Result.Is(3, Syscall.Send(unix.B, "def"u8, MessageFlags.None));
        Result.Is(3, Syscall.RecvMsg(unix.A, buffer, MessageFlags.None, out MessageFlags cut));
        Assert.True(cut.HasFlag(MessageFlags.ControlTruncated));
    }

    [Fact]
    public void RecvMsg_says_truncated_0_and_EAGAIN()
    {
        using FdPair datagram = FdPair.Unix(SocketKind.Datagram);
        using FdPair unix = FdPair.Unix();
        Span<byte> buffer = stackalloc byte[2];

        Result.Is(3, Syscall.Send(datagram.B, "abc"u8, MessageFlags.None));
        Result.Is(
            2, Syscall.RecvMsg(datagram.A, buffer, MessageFlags.None, out MessageFlags flags));
        Assert.True(flags.HasFlag(MessageFlags.Truncated));
        Result.Fails(
            Errno.EAGAIN, Syscall.RecvMsg(unix.A, buffer, MessageFlags.None, out flags));
        Assert.Equal(MessageFlags.None, flags);
        unix.Second.Dispose();
        Result.Is(0, Syscall.RecvMsg(unix.A, buffer, MessageFlags.None, out _));
    }

    private static OwnedFd NewTcp(SocketFlags flags) => OwnedFd.FromRaw((int)Result.Ok(
        Syscall.Socket(SocketDomain.Inet, SocketKind.Stream, flags | SocketFlags.CloseOnExec)));

    private static OwnedFd NewUnix() => OwnedFd.FromRaw((int)Result.Ok(
        Syscall.Socket(SocketDomain.Unix, SocketKind.Stream, SocketFlags.CloseOnExec)));

    private static byte[] AbstractAddress()
    {
        System.Net.Sockets.UnixDomainSocketEndPoint name = new($"\0zerocopy-{Guid.NewGuid():N}");
        SocketAddress address = name.Serialize();
        return address.Buffer.Span[..address.Size].ToArray();
    }
}
