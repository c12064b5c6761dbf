// A relay that owns a stream closes it, and what that does is the program's code too.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.UserCode;

public sealed class OwnedStreamTests
{
    private const int SentBytes = 100_000;

    private static readonly RelayOptions s_owning = new() { CloseEndpoints = true };

    // The flush in the Dispose of a BufferedStream, after its connection is gone.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [Cases("F-01")]
    public async Task A_reset_behind_a_buffered_stream_ends_the_relay_and_nothing_else(bool isLeft, bool isStarted)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        BufferedStream buffered = new(new NetworkStream(rig.Source, ownsSocket: true), 65536);
        TransferEndpoint left = isLeft ? buffered : rig.Destination;
        TransferEndpoint right = isLeft ? rig.Destination : buffered;
        Task<RelayResult> relay = isStarted
            ? Relay.Start(left, right, s_owning).Completion : Relay.RunAsync(left, right, s_owning).AsTask();
        rig.Reader.Send("0123456789"u8);
        rig.Writer.Send("hello"u8);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5));

        SocketPair.Reset(rig.Writer);
        Task<long> sending = Peer.Write(rig.Reader, SentBytes);
        RelayResult result = await relay.Within("the relay");

        Assert.Equal(isLeft ? RelayEnd.LeftFailed : RelayEnd.RightFailed, result.EndedBy);
        Assert.NotNull(result.Exception);
        bool sendingFailed = await sending.Within("who goes on sending") < SentBytes;
        Received end = await Peer.Read(rig.Reader).Within("the other side's end");
        Assert.True(sendingFailed || end.Error == SocketError.ConnectionReset); // The kernel tells it once.
        Assert.True(rig.Source.SafeHandle.IsClosed && rig.Destination.SafeHandle.IsClosed);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    [Cases("F-04")]
    public async Task A_dispose_that_throws_spoils_a_good_end_and_the_other_side_is_closed(bool isLeft)
    {
        InvalidTimeZoneException cause = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        HostileStream stream = new() { Disposes = () => throw cause };
        GC.SuppressFinalize(stream);
        TransferEndpoint left = isLeft ? stream : rig.Source;
        TransferEndpoint right = isLeft ? rig.Source : stream;
        rig.Writer.Shutdown(SocketShutdown.Send);
        await using Relay relay = Relay.Start(left, right, s_owning);

        RelayResult result = await relay.Completion.Within("the relay");

        Assert.Equal(isLeft ? RelayEnd.LeftFailed : RelayEnd.RightFailed, result.EndedBy);
        Assert.Same(cause, result.Exception);
        Assert.Equal(result, relay.Progress);
        Assert.True(rig.Source.SafeHandle.IsClosed);
        Assert.Equal(new Received(0, SocketError.Success), await Peer.Read(rig.Writer).Within("the end"));
        Assert.Equal(1, stream.DisposesCount);
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-04")]
    public async Task Both_may_throw_and_the_cause_that_was_first_stays()
    {
        InvalidTimeZoneException cause = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        HostileStream left = new()
        {
            Reads = (_, _) => throw cause,
            Disposes = () => throw new IOException("left"),
        };
        HostileStream right = new()
        {
            Reads = (_, _) => new ValueTask<int>(new TaskCompletionSource<int>().Task),
            Disposes = () => throw new IOException("right"),
        };
        GC.SuppressFinalize(left);
        GC.SuppressFinalize(right);

        RelayResult result = await Relay.RunAsync(left, right, s_owning).Within("the relay");

        Assert.Equal((RelayEnd.LeftFailed, 1, 1), (result.EndedBy, left.DisposesCount, right.DisposesCount));
        Assert.Same(cause, result.Exception);
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-04")]
    public async Task A_canceled_relay_carries_what_came_out_while_it_closed()
    {
        InvalidTimeZoneException cause = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancel = new();
        HostileStream right = new()
        {
            Reads = (_, _) => new ValueTask<int>(new TaskCompletionSource<int>().Task),
            Disposes = () => throw cause,
        };
        GC.SuppressFinalize(right);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, right, s_owning, cancel.Token).AsTask();
        cancel.Cancel();

        TransferCanceledException canceled = await Assert.ThrowsAsync<TransferCanceledException>(
            () => relay.Within("the relay"));

        Assert.Equal((cancel.Token, RelayEnd.Canceled), (canceled.CancellationToken, canceled.Relay!.Value.EndedBy));
        Assert.Same(cause, canceled.InnerException);
        Assert.Same(cause, canceled.Relay.Value.Exception);
        Assert.True(rig.Source.SafeHandle.IsClosed);
        await Untouched.AssertReleased(rig);
    }
}
