// The library's own connect: ordinary connected sockets, that .NET's engine has never seen.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Lifetime;

public sealed class DialerTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_host_and_a_port(string host)
    {
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using Socket near = await Dialer.ConnectAsync(host, ((IPEndPoint)endPoint).Port).Within("the dialer");
        Assert.Equal(endPoint, near.RemoteEndPoint);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_host_or_a_port_that_is_none_is_named()
    {
        await Assert.ThrowsAsync<ArgumentNullException>("host", () => Dialer.ConnectAsync(null!, 80).AsTask());
        await Assert.ThrowsAsync<ArgumentException>("host", () => Dialer.ConnectAsync("", 80).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("port", () => Dialer.ConnectAsync("a", 0).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>("port", () => Dialer.ConnectAsync("a", 65536).AsTask());
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    public async Task A_dialed_socket_is_an_ordinary_one(Family family)
    {
        using Socket listener = SocketPair.Listen(family, out EndPoint endPoint);
        using Socket near = await Dialer.ConnectAsync(endPoint).Within("the dialer");
        using Socket far = listener.Accept();
        Assert.True(near.Connected && near.Blocking);
        Assert.Equal((endPoint.AddressFamily, SocketType.Stream), (near.AddressFamily, near.SocketType));
        if (family == Family.Tcp)
        {
            Assert.True(near.NoDelay);
            Assert.Equal(far.LocalEndPoint, near.RemoteEndPoint);
            Assert.Equal(far.RemoteEndPoint, near.LocalEndPoint);
        }

        // Sync calls wait, and send all.
        Task<int> waiting = Deadline.OnThread(() => near.Receive(new byte[10]));
        await Task.Delay(30);
        Assert.False(waiting.IsCompleted);
        far.Send("x"u8);
        Assert.Equal(1, await waiting.Within("a sync receive"));
        byte[] large = Pattern.Default.Bytes(0, 8_000_000);
        Task<int> sending = Deadline.OnThread(() => near.Send(large));
        Pattern.Default.AssertEqual(await Peer.ReadExactly(far, large.Length).Within("a large sync send"));
        Assert.Equal(large.Length, await sending.Within("a sync send"));
        near.ReceiveTimeout = 100;
        long start = Stopwatch.GetTimestamp();
        Assert.Equal(SocketError.TimedOut,
            Assert.Throws<SocketException>(() => near.Receive(new byte[1])).SocketErrorCode);
        Assert.True(Stopwatch.GetElapsedTime(start).TotalMilliseconds > 50, "it waited");
        near.ReceiveTimeout = 0;

        // So do async ones, and streams over it.
        Task<int> pending = near.ReceiveAsync(new byte[10]);
        far.Send("yz"u8);
        Assert.Equal(2, await pending.Within("an async receive"));
        using NetworkStream stream = new(near, ownsSocket: true);
        await stream.WriteAsync("stream"u8.ToArray());
        Assert.Equal("stream"u8.ToArray(), await Peer.ReadExactly(far, 6));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(AddressFamily.Unspecified)]
    [InlineData(AddressFamily.InterNetwork)]
    public async Task A_host_name_is_tried_address_by_address(AddressFamily family)
    {
        // It listens on one of localhost's addresses only.
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        DnsEndPoint name = new("localhost", ((IPEndPoint)endPoint).Port, family);
        using Socket near = await Dialer.ConnectAsync(name).Within("the dialer");
        using Socket far = listener.Accept();
        near.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(far, 5));
    }

    [KernelOnly(Why.Words)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task Nobody_listens()
    {
        Socket tcp = SocketPair.Listen(Family.Tcp, out EndPoint address);
        Socket unix = SocketPair.Listen(Family.Unix, out EndPoint path);
        tcp.Dispose();
        unix.Dispose();
        SocketException refused =
            await Assert.ThrowsAsync<SocketException>(() => Dialer.ConnectAsync(address).Within("tcp"));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Contains("ECONNREFUSED", refused.Message, StringComparison.Ordinal);
        Assert.Contains(address.ToString()!, refused.Message, StringComparison.Ordinal);
        SocketException missing =
            await Assert.ThrowsAsync<SocketException>(() => Dialer.ConnectAsync(path).Within("unix"));
        Assert.Equal(SocketError.AddressNotAvailable, missing.SocketErrorCode);
        Assert.Contains("ENOENT", missing.Message, StringComparison.Ordinal);
        DnsEndPoint name = new("localhost", ((IPEndPoint)address).Port);
        SocketException byName =
            await Assert.ThrowsAsync<SocketException>(() => Dialer.ConnectAsync(name).Within("by name"));
        Assert.Equal(SocketError.ConnectionRefused, byName.SocketErrorCode);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_name_without_an_address_is_a_socket_error()
    {
        SocketException e = await Assert.ThrowsAsync<SocketException>(
            () => Dialer.ConnectAsync(new DnsEndPoint("no-such-host.invalid", 80)).Within("the lookup"));
        Assert.Contains(
            e.SocketErrorCode, (SocketError[])[SocketError.HostNotFound, SocketError.TryAgain, SocketError.NoData]);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_cancel_ends_the_wait_for_a_listener_whose_queue_is_full()
    {
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        UnixDomainSocketEndPoint path = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        listener.Bind(path);
        listener.Listen(1);
        List<Socket> queued = [];
        using CancellationTokenSource cancellation = new();
        Task<Socket> waiting;
        while (true)
        {
            waiting = Dialer.ConnectAsync(path, cancellation.Token).AsTask();
            await Task.WhenAny(waiting, Task.Delay(200));
            if (!waiting.IsCompleted)
            {
                break;
            }

            queued.Add(await waiting);
            Assert.True(queued.Count < 10, "the queue is never full");
        }

        cancellation.Cancel();
        OperationCanceledException e = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => waiting.Within("the cancel", 500));
        Assert.Equal(cancellation.Token, e.CancellationToken);

        // The next one waits too, and gets its turn when there is room.
        Task<Socket> patient = Dialer.ConnectAsync(path).AsTask();
        await Task.Delay(50);
        Assert.False(patient.IsCompleted);
        queued.Add(listener.Accept());
        queued.Add(await patient.Within("its turn"));
        queued.ForEach(socket => socket.Dispose());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_token_that_is_canceled_already_connects_nothing()
    {
        using Socket listener = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Dialer.ConnectAsync(endPoint, new CancellationToken(true)).Within("the cancel", 500));
        Assert.False(listener.Poll(50_000, SelectMode.SelectRead), "somebody connected");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task What_cannot_be_dialed_is_refused_by_name()
    {
        Assert.Equal("endPoint", (await Assert.ThrowsAsync<ArgumentNullException>(
            () => Dialer.ConnectAsync(null!).Within("null"))).ParamName);
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(
            () => Dialer.ConnectAsync(new OddEndPoint()).Within("an odd end point"));
        Assert.Equal("endPoint", e.ParamName);
        Assert.Contains(nameof(OddEndPoint), e.Message, StringComparison.Ordinal);
    }

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task A_dialed_socket_is_spliced()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp, Origin.Dialer);
        Task<TransferResult> transfer =
            rig.Start(Call.Async, new TransferOptions { Mode = TransferMode.RequireZeroCopy });
        Task<Received> reader = Peer.Read(rig.Reader);
        await Peer.Write(rig.Writer, 1_000_003).Within("the writer");
        TransferResult result = await transfer.Within("the transfer");
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(1_000_003, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal(1_000_003, result.BytesSpliced);
    }

    private sealed class OddEndPoint : EndPoint;
}
