// Where a server listens.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerListenTests
{
    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-06")]
    public async Task It_listens_at_all_of_its_addresses()
    {
        string path = ServerRig.NewPath();
        await using ServerRig rig = await ServerRig.Start(set: options =>
        {
            options.Listeners.Add(new RelayListener(new IPEndPoint(IPAddress.Loopback, 0)));
            options.Listeners.Add(new RelayListener(new IPEndPoint(IPAddress.IPv6Loopback, 0)));
            options.Listeners.Add(new RelayListener(new UnixDomainSocketEndPoint(path)));
            options.Listeners.Add(new RelayListener(new UnixDomainSocketEndPoint($"\0zerocopy-{Guid.NewGuid():N}")));
        });
        Assert.Equal(4, rig.Server.EndPoints.Count);
        Assert.All(rig.Server.EndPoints.OfType<IPEndPoint>(), endPoint => Assert.NotEqual(0, endPoint.Port));
        for (int i = 0; i < rig.Server.EndPoints.Count; i++)
        {
            await AssertServes(rig, rig.Server.EndPoints[i]);
        }

        RelayConnection[] records = await rig.Ended(rig.Server.EndPoints.Count);
        Assert.Equal(rig.Server.EndPoints.Select(e => e.ToString()), records.Select(r => r.Listener.ToString()));
        Assert.Equal(
            ["127.0.0.1", "::1"], records.Select(r => r.Client).OfType<IPEndPoint>().Select(e => $"{e.Address}"));
        await rig.Server.StopAsync();
        Assert.False(File.Exists(path));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    [Cases("S-07")]
    public async Task IPv6_any_hears_IPv4_unless_it_is_not_to(bool dual)
    {
        await using ServerRig rig = await ServerRig.Start(set: options => options.Listeners.Add(
            new RelayListener(new IPEndPoint(IPAddress.IPv6Any, 0)) { DualStack = dual }));
        int port = ((IPEndPoint)rig.Server.EndPoints[0]).Port;
        await AssertServes(rig, new IPEndPoint(IPAddress.IPv6Loopback, port));
        if (dual)
        {
            await AssertServes(rig, new IPEndPoint(IPAddress.Loopback, port));
        }
        else
        {
            SocketException e = Assert.Throws<SocketException>(
                () => ServerRig.Connect(new IPEndPoint(IPAddress.Loopback, port)));
            Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-08")]
    public async Task A_unix_path_has_the_mode_that_was_asked_for_and_replaces_a_stale_one()
    {
        string path = ServerRig.NewPath();
        PeerAddress address = new(new UnixDomainSocketEndPoint(path));
        int left = (int)Syscall.Socket(SocketDomain.Unix, SocketKind.Stream, 0).Value;
        Assert.False(Syscall.Bind(BorrowedFd.FromRaw(left), address.Bytes).IsError);
        Assert.False(Syscall.Close(left).IsError); // As a process that was killed leaves it.
        Assert.True(File.Exists(path));
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite;
        await using ServerRig rig = await ServerRig.Start(set: options => options.Listeners.Add(
            new RelayListener(new UnixDomainSocketEndPoint(path)) { UnixMode = Mode }));
        Assert.Equal(Mode, File.GetUnixFileMode(path));
        await AssertServes(rig, rig.Server.EndPoints[0]);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-08")]
    public async Task What_is_not_stale_is_left_alone()
    {
        string file = ServerRig.NewPath();
        File.WriteAllText(file, "mine");
        string path = ServerRig.NewPath();
        using Socket living = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        living.Bind(new UnixDomainSocketEndPoint(path));
        living.Listen();
        foreach (string taken in (string[])[file, path])
        {
            SocketException e = await Assert.ThrowsAsync<SocketException>(() => ServerRig.Start(
                set: options => options.Listeners.Add(new RelayListener(new UnixDomainSocketEndPoint(taken)))));
            Assert.Equal(SocketError.AddressAlreadyInUse, e.SocketErrorCode);
            Assert.Contains(taken, e.Message, StringComparison.Ordinal);
            Assert.True(File.Exists(taken));
        }

        File.Delete(file);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("S-09")]
    public async Task A_start_that_fails_leaves_nothing_and_can_be_tried_again()
    {
        using Socket taken = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        string path = ServerRig.NewPath();
        await using RelayServer server = new(new RelayServerOptions
        {
            Listeners = { new RelayListener(new UnixDomainSocketEndPoint(path)), new RelayListener(endPoint) },
            Upstream = endPoint,
        });
        SocketException e = await Assert.ThrowsAsync<SocketException>(() => server.StartAsync());
        Assert.Equal(SocketError.AddressAlreadyInUse, e.SocketErrorCode);
        Assert.False(File.Exists(path));
        Assert.Empty(server.EndPoints);
        taken.Dispose();
        await server.StartAsync();
        Assert.Equal(2, server.EndPoints.Count);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync());
        await server.StopAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAsync());
    }

    [Fact]
    [Cases("S-10")]
    public void What_cannot_be_is_refused_by_name()
    {
        IPEndPoint any = new(IPAddress.Loopback, 0);
        DnsEndPoint name = new("localhost", 80);
        Assert.Equal("endPoint", Assert.Throws<ArgumentException>(() => new RelayListener(name)).ParamName);
        Assert.Throws<ArgumentNullException>(() => new RelayListener(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RelayListener(any) { Backlog = 0 });
        Assert.Throws<ArgumentNullException>(() => new RelayServer(null!));
        ArgumentException none = Assert.Throws<ArgumentException>(() => new RelayServer(new RelayServerOptions()));
        Assert.Contains("Listeners", none.Message, StringComparison.Ordinal);
        RelayServerOptions options = new() { Listeners = { new RelayListener(any) } };
        none = Assert.Throws<ArgumentException>(() => new RelayServer(options));
        Assert.Contains("Upstream", none.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.MaxConnections = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.Mode = (TransferMode)99);
        foreach (TimeSpan wrong in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromDays(30), TimeSpan.FromMilliseconds(-2)])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => options.ConnectTimeout = wrong);
            Assert.Throws<ArgumentOutOfRangeException>(() => options.IdleTimeout = wrong);
            Assert.Throws<ArgumentOutOfRangeException>(() => options.LingerAfterHalfClose = wrong);
            Assert.Throws<ArgumentOutOfRangeException>(() => options.DrainTimeout = wrong);
        }
    }

    private static async Task AssertServes(ServerRig rig, EndPoint endPoint)
    {
        using Socket client = ServerRig.Connect(endPoint);
        using Socket peer = await rig.Accept();
        client.Send("hello"u8);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadAll(peer).Within("the greeting"));
        peer.Dispose();
        Assert.Empty(await Peer.ReadAll(client).Within("the end"));
    }
}
