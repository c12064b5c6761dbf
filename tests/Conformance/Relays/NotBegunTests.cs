// A relay that owns its endpoints and does not begin: they are closed as if it had been cancelled a moment later.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

public sealed class NotBegunTests
{
    private static readonly RelayOptions s_owned = new() { CloseEndpoints = true };
    private static TransferEndpoint Nothing => TransferEndpoint.FromSocket(null);
    private static readonly FlowOptions s_zeroCopy = new() { Mode = TransferMode.RequireZeroCopy };

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(false)]
    [InlineData(true)]
    [Cases("F-75")]
    public async Task A_token_that_is_cancelled_already_closes_what_the_relay_owns(bool isBad)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("unread"u8);
        if (isBad)
        {
            rig.Destination.Dispose();
        }

        TransferCanceledException e = await Assert.ThrowsAsync<TransferCanceledException>(() => Relay.RunAsync(
            rig.Source, rig.Destination, s_owned, new CancellationToken(true)).Within("the relay"));
        Assert.Equal(
            (RelayEnd.Canceled, TransferEnd.Canceled, 0),
            (e.Relay!.Value.EndedBy, e.Progress.EndedBy, e.Progress.BytesConsumed));
        Assert.True(rig.Source.SafeHandle.IsClosed && rig.Destination.SafeHandle.IsClosed, "left open");
        Assert.Equal(SocketError.ConnectionReset, await RelayPairs.ReadToError(rig.Writer));
        if (!isBad)
        {
            Assert.Equal(SocketError.ConnectionReset, await RelayPairs.ReadToError(rig.Reader));
        }
    }

    /// <summary>Whatever is wrong with one end, the other one is closed.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData("null")]
    [InlineData("disposed")]
    [InlineData("listening")]
    [InlineData("datagram")]
    [InlineData("unwritable")]
    [InlineData("zero copy")]
    [InlineData("mirror")]
    [Cases("F-76")]
    public async Task What_is_refused_is_closed(string what)
    {
        foreach (bool isLeft in (bool[])[true, false])
        {
            foreach (bool starts in (bool[])[true, false])
            {
                using SocketPair good = SocketPair.Connect(Family.Tcp);
                using IDisposable? bad = Bad(what, good.Near, out TransferEndpoint endpoint, out RelayOptions options);
                (TransferEndpoint left, TransferEndpoint right) = isLeft
                    ? (endpoint, (TransferEndpoint)good.Near) : (good.Near, endpoint);
                Exception e = await Assert.ThrowsAnyAsync<Exception>(async () =>
                {
                    if (starts)
                    {
                        _ = Relay.Start(left, right, options);
                    }
                    else
                    {
                        _ = await Relay.RunAsync(left, right, options);
                    }
                });
                Assert.True(e is ArgumentException or NotSupportedException or ObjectDisposedException, $"{e}");
                Assert.True(good.Near.SafeHandle.IsClosed, $"{what}: the other end is left open");
                Assert.Equal(SocketError.ConnectionReset, await RelayPairs.ReadToError(good.Far));
                Assert.True(bad is not Socket socket || socket.SafeHandle.IsClosed, $"{what}: it is left open itself");
                Assert.True(bad is not Stream { CanRead: true }, $"{what}: it is left open itself");
            }
        }
    }

    /// <summary>Every kind of end, beside one that is refused.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-76")]
    public async Task Every_kind_of_end_is_closed_beside_one_that_is_refused()
    {
        using SocketPair network = SocketPair.Connect(Family.Tcp);
        using SocketPair client = SocketPair.Connect(Family.Tcp);
        using SocketPair handle = SocketPair.Connect(Family.Tcp);
        using SocketPair below = SocketPair.Connect(Family.Tcp);
        using NetworkStream stream = new(network.Near, ownsSocket: false);
        using TcpClient tcp = SocketPair.ClientOf(client.Near);
        using BufferedStream buffered = new(new NetworkStream(below.Near, ownsSocket: true));
        using Pipe pipe = Pipe.Create();
        foreach (TransferEndpoint end in (TransferEndpoint[])[stream, tcp, handle.Near.SafeHandle, buffered, pipe])
        {
            Assert.Throws<ArgumentNullException>(() => Relay.Start(end, Nothing, s_owned));
        }

        Assert.True(network.Near.SafeHandle.IsClosed && client.Near.SafeHandle.IsClosed, "sockets");
        Assert.True(handle.Near.SafeHandle.IsClosed && below.Near.SafeHandle.IsClosed, "handle and stream");
        Assert.ThrowsAny<ObjectDisposedException>(() => pipe.Read(new byte[1]));
        foreach (SocketPair pair in (SocketPair[])[network, client, handle])
        {
            Assert.Equal(SocketError.ConnectionReset, await RelayPairs.ReadToError(pair.Far));
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-76")]
    public async Task What_is_not_owned_stays_open()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Assert.Throws<ArgumentNullException>(() => Relay.Start(rig.Source, Nothing));
        await Assert.ThrowsAsync<TransferCanceledException>(() => Relay.RunAsync(
            rig.Source, rig.Destination, cancellationToken: new CancellationToken(true)).Within("the relay"));
        await RelayPairs.AssertQuietAndAlive(rig.Source, rig.Writer);
        await RelayPairs.AssertQuietAndAlive(rig.Destination, rig.Reader);
    }

    private static IDisposable? Bad(string what, Socket good, out TransferEndpoint endpoint, out RelayOptions options)
    {
        options = s_owned;
        endpoint = default;
        switch (what)
        {
            case "null":
                return null;
            case "unwritable":
                MemoryStream unwritable = new([1, 2, 3], writable: false);
                endpoint = unwritable;
                return unwritable;
            case "zero copy":
            case "mirror":
                MemoryStream memory = new();
                endpoint = memory;
                options = what == "mirror"
                    ? s_owned with { RightToLeft = new FlowOptions { Mirror = good } }
                    : s_owned with { RightToLeft = s_zeroCopy };
                return memory;
            default:
                Socket socket = what == "datagram"
                    ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
                    : SocketPair.Listen(Family.Tcp, out EndPoint _);
                if (what == "disposed")
                {
                    socket.Dispose();
                }

                endpoint = socket;
                return socket;
        }
    }
}
