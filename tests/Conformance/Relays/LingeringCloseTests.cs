// The close of a connection whose peer still sends: no reset destroys the tail underway to it, and nobody waits.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.Relays;

/// <summary>How the end of a relay is given.</summary>
public enum Given
{
    Socket,
    Network,
    OwningNetwork,
    Client,
    Handle,
}

public sealed class LingeringCloseTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Given.Socket)]
    [InlineData(Given.Network)]
    [InlineData(Given.OwningNetwork)]
    [InlineData(Given.Client)]
    [InlineData(Given.Handle)]
    [Cases("F-79")]
    public Task A_peer_that_goes_on_sending_gets_the_whole_tail(Given given)
        => LingeringScenario.KeepsTheTail(given, Family.Tcp, Platform.HasKernel);

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Given.Socket)]
    [InlineData(Given.OwningNetwork)]
    [Cases("F-79")]
    public Task A_unix_peer_that_goes_on_sending_gets_the_whole_tail(Given given)
        => LingeringScenario.KeepsTheTail(given, Family.Unix, Platform.HasKernel);

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-80")]
    public Task After_two_seconds_the_connection_is_gone() => LingeringScenario.IsOverInTime();

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-80")]
    public async Task A_peer_that_has_ended_needs_no_lingering()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { CloseEndpoints = true }).AsTask();
        rig.Writer.Send("x"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        rig.Reader.Shutdown(SocketShutdown.Send);
        await relay.Within("the relay");
        Assert.Equal(0, ProcessTotals.LingeringCount);
    }

    /// <summary>More than there may be: the oldest are reset, and the newest stay.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-81")]
    public async Task There_are_never_more_than_a_thousand()
    {
        const int More = 5;
        await Deadline.Until("nothing lingers any more", () => ProcessTotals.LingeringCount == 0);
        List<LinkedListNode<Action>> added = [];
        List<int> reset = [];
        for (int i = 0; i < Lingering.CountMax + More; i++)
        {
            int one = i;
            added.Add(new LinkedListNode<Action>(() => reset.Add(one)));
            Lingering.Add(added[^1]);
        }

        Assert.Equal(Enumerable.Range(0, More), reset);

        // A real one makes room as well, and is reset when it has to.
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        using SocketPair other = SocketPair.Connect(Family.Tcp);
        await Relay.RunAsync(pair.Near, other.Near, new RelayOptions
        {
            CloseEndpoints = true,
            LeftToRight = new FlowOptions { LimitBytes = 0 },
            RightToLeft = new FlowOptions { LimitBytes = 0 },
        }).Within("the relay");
        Assert.Equal(Enumerable.Range(0, More + 2), reset);
        added.ForEach(Lingering.Remove);
        pair.Dispose();
        other.Dispose();
        await Deadline.Until("nothing lingers any more", () => ProcessTotals.LingeringCount == 0);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-81")]
    public async Task The_oldest_is_reset_for_one_that_is_too_many()
    {
        await Deadline.Until("nothing lingers any more", () => ProcessTotals.LingeringCount == 0);
        using SocketPair oldest = SocketPair.Connect(Family.Tcp);
        using SocketPair other = SocketPair.Connect(Family.Tcp);
        other.Far.Shutdown(SocketShutdown.Send);
        await Relay.RunAsync(oldest.Near, other.Near, new RelayOptions
        {
            CloseEndpoints = true,
            LeftToRight = new FlowOptions { LimitBytes = 0 },
        }).Within("the relay");
        using MeterProbe probe = new();
        Assert.Equal(1, probe.Measure("zerocopy.lingering").Single().Value);
        List<LinkedListNode<Action>> added = [];
        for (int i = 0; i < Lingering.CountMax; i++)
        {
            added.Add(new LinkedListNode<Action>(static () => { }));
            Lingering.Add(added[^1]);
        }

        // After the end that it was told a peer can see the reset only by writing.
        await Deadline.Until("the reset", () =>
        {
            try
            {
                _ = oldest.Far.Send("x"u8);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        }, 1500);
        added.ForEach(Lingering.Remove);
        Assert.Equal(0, ProcessTotals.LingeringCount);
    }

    /// <summary>The user's SO_LINGER would make the close wait, or reset the connection.</summary>
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(10, Given.Socket, false)]
    [InlineData(10, Given.Socket, true)]
    [InlineData(10, Given.OwningNetwork, false)]
    [InlineData(10, Given.Handle, true)]
    [InlineData(0, Given.Socket, false)]
    [InlineData(0, Given.OwningNetwork, true)]
    [Cases("F-82")]
    public Task A_close_never_waits_and_loses_nothing_whatever_SO_LINGER_says(
        int seconds, Given given, bool peerHasEnded) => LingeringScenario.NeverWaits(seconds, given, peerHasEnded);

    /// <summary>.NET closes a bare handle with linger 0, unless a Socket does it.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-88")]
    public async Task A_bare_handle_is_closed_and_not_reset()
    {
        const int Bytes = 200_003;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Destination.SendBufferSize = 1_000_000;
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source.SafeHandle, rig.Destination.SafeHandle, new RelayOptions { CloseEndpoints = true }).AsTask();
        rig.Reader.Shutdown(SocketShutdown.Send);
        Assert.Equal(Bytes, await Peer.Write(rig.Writer, Bytes).Within("the writer"));
        Assert.Equal(RelayEnd.EndOfStream, (await relay.Within("the relay")).EndedBy);
        Assert.True(rig.Source.SafeHandle.IsClosed && rig.Destination.SafeHandle.IsClosed, "left open");
        Assert.Equal(new Received(Bytes, SocketError.Success), await Peer.Read(rig.Reader).Within("the reader"));
        Assert.Equal(0, await Deadline.OnThread(() => rig.Writer.Receive(new byte[1])).Within("the other end"));
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-82")]
    public async Task Nor_does_the_close_of_a_stream_over_such_a_socket()
    {
        using TlsPair tls = await TlsPair.Connect(ownsSockets: true);
        using SocketPair plain = SocketPair.Connect(Family.Tcp);
        tls.NearSocket.LingerState = new LingerOption(true, 20);
        tls.NearSocket.SendBufferSize = 2_000_000;
        Task<RelayResult> relay = Relay.RunAsync(
            plain.Near, tls.Near, new RelayOptions { CloseEndpoints = true, HalfClose = false }).AsTask();
        await Peer.Write(plain.Far, 1_000_003).Within("the writer");
        long start = Stopwatch.GetTimestamp();
        await relay.Within("the relay");
        await Deadline.Until("the close", () => tls.NearSocket.SafeHandle.IsClosed, 5000);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 8);
    }
}

/// <summary>Also run where nothing is asked of the kernel.</summary>
internal static class LingeringScenario
{
    private const int Tail = 400_009;

    internal static async Task KeepsTheTail(Given given, Family family, bool isKernel)
    {
        using Rig rig = new(Family.Tcp, family);
        rig.Destination.SendBufferSize = 2_000_000;
        rig.Reader.ReceiveBufferSize = 65536;
        using IDisposable? held = Give(given, rig.Destination, out TransferEndpoint end);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, end, new RelayOptions
        {
            CloseEndpoints = true,
            RightToLeft = new FlowOptions { LimitBytes = 10 },
        }).AsTask();
        rig.Reader.Send(new byte[20]);
        Assert.Equal(Tail, await Peer.Write(rig.Writer, Tail).Within("the writer"));
        RelayResult result = await relay.Within("the relay, whose reader has read nothing yet");
        Assert.Equal((RelayEnd.EndOfStream, Tail), (result.EndedBy, result.LeftToRight.BytesWritten));
        Assert.True(!isKernel || rig.Destination.SafeHandle.IsClosed, "the socket is left open");
        Assert.Equal(family == Family.Tcp ? 1 : 0, ProcessTotals.LingeringCount);

        // Late bytes, all the while the tail is read.
        using CancellationTokenSource over = new();
        Task late = Deadline.OnThread(() =>
        {
            while (!over.IsCancellationRequested && rig.Reader.Send(new byte[100], SocketFlags.None, out _) > 0)
            {
                Thread.Sleep(1);
            }
        });
        await Task.Delay(20);
        Received received = await Peer.Read(rig.Reader).Within("the reader");
        Assert.Equal(new Received(Tail, SocketError.Success), received);
        over.Cancel();
        await late.Within("the late bytes");
        long start = Stopwatch.GetTimestamp();
        rig.Reader.Shutdown(SocketShutdown.Both);
        await Deadline.Until("its peer has ended, and so has it", () => ProcessTotals.LingeringCount == 0);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 0, 1500);
        Assert.True(rig.Destination.SafeHandle.IsClosed, "the socket is left open");
    }

    internal static async Task IsOverInTime()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Shutdown(SocketShutdown.Send);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, new RelayOptions
        {
            CloseEndpoints = true,
            HalfClose = false,
        }).AsTask();
        long start = Stopwatch.GetTimestamp();
        await relay.Within("the relay", 1500);
        Assert.Equal(0, await Deadline.OnThread(() => rig.Reader.Receive(new byte[1])).Within("the FIN"));
        Assert.Equal(1, ProcessTotals.LingeringCount);
        await CpuMeter.AssertParked("a connection that lingers");
        rig.Reader.Send("late"u8); // Does no harm.
        await Deadline.Until("it is over", () => ProcessTotals.LingeringCount == 0);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1900, 10_000);
        Assert.True(rig.Destination.SafeHandle.IsClosed, "the socket is left open");
    }

    internal static async Task NeverWaits(int seconds, Given given, bool peerHasEnded)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Destination.SendBufferSize = 2_000_000;
        rig.Reader.ReceiveBufferSize = 65536;
        rig.Destination.LingerState = new LingerOption(true, seconds);
        using IDisposable? held = Give(given, rig.Destination, out TransferEndpoint end);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, end, new RelayOptions
        {
            CloseEndpoints = true,
            RightToLeft = new FlowOptions { LimitBytes = peerHasEnded ? null : 0 },
        }).AsTask();
        if (peerHasEnded)
        {
            rig.Reader.Shutdown(SocketShutdown.Send);
        }

        Assert.Equal(Tail, await Peer.Write(rig.Writer, Tail).Within("the writer"));
        RelayResult result = await relay.Within("the relay, whose reader has read nothing yet", seconds * 500 + 3000);
        Assert.Equal((RelayEnd.EndOfStream, Tail), (result.EndedBy, result.LeftToRight.BytesWritten));
        Assert.Equal(new Received(Tail, SocketError.Success), await Peer.Read(rig.Reader).Within("the reader"));
        rig.Reader.Dispose();
        await Deadline.Until("nothing lingers", () => ProcessTotals.LingeringCount == 0);
    }

    private static IDisposable? Give(Given given, Socket socket, out TransferEndpoint endpoint)
    {
        switch (given)
        {
            case Given.Socket:
                endpoint = socket;
                return null;
            case Given.Handle:
                endpoint = socket.SafeHandle;
                return null;
            case Given.Client:
                TcpClient client = SocketPair.ClientOf(socket);
                endpoint = client;
                return client;
            default:
                NetworkStream network = new(socket, ownsSocket: given == Given.OwningNetwork);
                endpoint = network;
                return network;
        }
    }
}
