// getsockopt, setsockopt, and the questions built on them.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Sys;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SocketOptionTests
{
    [Fact]
    public void A_TCP_socket_says_what_it_is()
    {
        using FdPair tcp = FdPair.Tcp();

        Result.Is(0, Syscall.GetSocketKind(tcp.A, out SocketKind kind));
        Result.Is(0, Syscall.GetSocketDomain(tcp.A, out SocketDomain domain));
        Result.Is(0, Syscall.GetSocketProtocol(tcp.A, out SocketProtocol protocol));
        Result.Is(0, Syscall.IsListening(tcp.A, out bool listening));
        Assert.Equal((SocketKind.Stream, SocketDomain.Inet), (kind, domain));
        Assert.Equal((SocketProtocol.Tcp, false), (protocol, listening));
    }

    [Theory]
    [InlineData(SocketKind.Stream)]
    [InlineData(SocketKind.Datagram)]
    [InlineData(SocketKind.SeqPacket)]
    public void A_unix_socket_says_what_it_is(SocketKind expected)
    {
        using FdPair unix = FdPair.Unix(expected);

        Result.Is(0, Syscall.GetSocketKind(unix.A, out SocketKind kind));
        Result.Is(0, Syscall.GetSocketDomain(unix.A, out SocketDomain domain));
        Result.Is(0, Syscall.GetSocketProtocol(unix.A, out SocketProtocol protocol));
        Assert.Equal((expected, SocketDomain.Unix), (kind, domain));
        Assert.Equal(SocketProtocol.Default, protocol);
    }

    [Fact]
    public void A_listener_says_so()
    {
        using OwnedFd listener = FdPair.TcpListener(out _);

        Result.Is(0, Syscall.IsListening(listener.Borrow(), out bool listening));
        Result.Is(0, Syscall.GetTcpState(listener.Borrow(), out TcpState state));
        Assert.True(listening);
        Assert.Equal(TcpState.Listen, state);
    }

    [Fact]
    public void An_option_is_read_back()
    {
        using FdPair tcp = FdPair.Tcp();

        Result.Is(0, Syscall.SetSocketOption(
            tcp.A, SocketLevel.Tcp, SocketOption.TcpNoDelay, 1));
        Result.Is(0, Syscall.GetSocketOption(
            tcp.A, SocketLevel.Tcp, SocketOption.TcpNoDelay, out int on));
        Result.Is(0, Syscall.GetSocketOption(
            tcp.B, SocketLevel.Tcp, SocketOption.TcpNoDelay, out int off));
        Assert.NotEqual(0, on);
        Assert.Equal(0, off);
    }

    [Fact]
    public void A_wrong_option_or_descriptor_has_its_errno()
    {
        using FdPair tcp = FdPair.Tcp();
        using FdPair unix = FdPair.Unix();
        using FdPair pipe = FdPair.Pipe();

        Result.Fails(Errno.ENOPROTOOPT, Syscall.GetSocketOption(
            tcp.A, SocketLevel.Socket, (SocketOption)9999, out int value));
        Assert.Equal(0, value);
        Result.Fails(Errno.ENOPROTOOPT, Syscall.SetSocketOption(
            tcp.A, SocketLevel.Socket, (SocketOption)9999, 1));
        Result.Fails(Errno.ENOTSOCK, Syscall.GetSocketKind(pipe.A, out SocketKind kind));
        Assert.Equal(0, (int)kind);
        Result.Fails(Errno.ENOTSOCK, Syscall.SetLinger(pipe.A, on: true, seconds: 0));
        Result.Fails(Errno.EOPNOTSUPP, Syscall.GetTcpState(unix.A, out TcpState state));
        Assert.Equal(TcpState.None, state);
        Result.Fails(Errno.EBADF, Syscall.GetSocketError(default, out _));
    }

    [Fact]
    public void The_TCP_state_tells_who_has_sent_FIN()
    {
        using FdPair tcp = FdPair.Tcp();
        Assert.Equal((TcpState.Established, TcpState.Established), States(tcp));

        Result.Is(0, Syscall.Shutdown(tcp.A, ShutdownHow.Send));
        Result.WaitFor(tcp.B, PollEvents.ReadHangUp);
        Assert.Equal(TcpState.CloseWait, States(tcp).B);
        Assert.True(States(tcp).A is TcpState.FinWait1 or TcpState.FinWait2);

        Result.Is(0, Syscall.Shutdown(tcp.B, ShutdownHow.Send));
        Result.WaitFor(tcp.A, PollEvents.ReadHangUp);
        Assert.True(States(tcp).A is TcpState.TimeWait or TcpState.Close);
        Assert.True(States(tcp).B is TcpState.LastAck or TcpState.Close);
    }

    [Fact]
    public void A_linger_time_of_0_resets_the_peer()
    {
        using FdPair tcp = FdPair.Tcp();
        Result.Is(0, Syscall.SetLinger(tcp.A, on: true, seconds: 0));
        tcp.First.Dispose();

        Result.WaitFor(tcp.B, PollEvents.In);
        Result.Is(0, Syscall.GetSocketError(tcp.B, out Errno error));
        Assert.Equal(Errno.ECONNRESET, error);
        Result.Is(0, Syscall.GetTcpState(tcp.B, out TcpState state));
        Assert.Equal(TcpState.Close, state);
    }

    private static (TcpState A, TcpState B) States(FdPair tcp)
    {
        Result.Is(0, Syscall.GetTcpState(tcp.A, out TcpState a));
        Result.Is(0, Syscall.GetTcpState(tcp.B, out TcpState b));
        return (a, b);
    }
}
