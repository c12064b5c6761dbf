// A stream that cannot be told an end and be read from afterwards: the end of the other side ends the relay.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

public sealed class NoHalfCloseTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, true)]
    [InlineData(Family.Tcp, false)]
    [InlineData(Family.Unix, true)]
    [InlineData(Family.Unix, false)]
    [Cases("F-77")]
    public Task A_half_close_that_cannot_be_passed_on_ends_the_relay(Family family, bool streamIsLeft)
        => NoHalfCloseScenario.Ends(family, streamIsLeft);

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    [Cases("F-78")]
    public Task What_was_taken_from_the_stream_by_then_is_delivered(bool owns)
        => NoHalfCloseScenario.DeliversWhatWasTaken(owns);

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-77")]
    public async Task A_limit_is_no_end_of_stream_and_the_other_direction_goes_on()
    {
        (DuplexStream near, DuplexStream far) = DuplexStream.Pair();
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(
            pair.Near, near, new RelayOptions { LeftToRight = new FlowOptions { LimitBytes = 0 } }).AsTask();
        await Task.Delay(50);
        await far.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await Peer.ReadExactly(pair.Far, 6).Within("the answer"));
        far.Finish();
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, 6), (result.EndedBy, result.RightToLeft.BytesWritten));
    }

    /// <summary>What can half-close goes on as ever.</summary>
    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-77")]
    public async Task Behind_TLS_the_other_direction_goes_on()
    {
        using TlsPair tls = await TlsPair.Connect();
        using SocketPair plain = SocketPair.Connect(Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(plain.Near, tls.Near).AsTask();
        plain.Far.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await tls.Far.ReadAsync(new byte[1]).Within("close_notify"));
        await Task.Delay(50);
        Assert.False(relay.IsCompleted);
        await tls.Far.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await Peer.ReadExactly(plain.Far, 6).Within("the answer"));
        await tls.Far.ShutdownAsync();
        Assert.Equal(RelayEnd.EndOfStream, (await relay.Within("the relay")).EndedBy);
    }
}

/// <summary>Also run where nothing is asked of the kernel.</summary>
internal static class NoHalfCloseScenario
{
    private const int Bytes = 300_007;

    internal static async Task Ends(Family family, bool streamIsLeft)
    {
        (DuplexStream near, DuplexStream far) = DuplexStream.Pair();
        using SocketPair pair = SocketPair.Connect(family);
        Task<RelayResult> relay = streamIsLeft
            ? Relay.RunAsync(near, pair.Near).AsTask() : Relay.RunAsync(pair.Near, near).AsTask();
        Task<byte[]> request = ReadExactly(far, Bytes);
        await far.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await Peer.ReadExactly(pair.Far, 6).Within("the answer"));
        await Peer.Write(pair.Far, Bytes).Within("the writer"); // And its end.
        RelayResult result = await relay.Within("the relay, although the stream goes on");
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        (TransferResult there, TransferResult back) = streamIsLeft
            ? (result.RightToLeft, result.LeftToRight) : (result.LeftToRight, result.RightToLeft);
        Assert.Equal(
            (TransferEnd.EndOfStream, Bytes, Bytes), (there.EndedBy, there.BytesConsumed, there.BytesWritten));
        Assert.Equal((TransferEnd.Stopped, 6, 6), (back.EndedBy, back.BytesConsumed, back.BytesWritten));
        Pattern.Default.AssertEqual(await request.Within("what the stream got"));

        // Nothing more was taken of it.
        await far.WriteAsync("later"u8.ToArray());
        Assert.Equal("later"u8.ToArray(), await ReadExactly(near, 5).Within("what came later"));
    }

    internal static async Task DeliversWhatWasTaken(bool owns)
    {
        (DuplexStream near, DuplexStream far) = DuplexStream.Pair();
        using SocketPair pair = SocketPair.Connect(Family.Tcp, bufferBytes: 8192);
        await using Relay relay = Relay.Start(pair.Near, near, new RelayOptions { CloseEndpoints = owns });
        using CancellationTokenSource enough = new();
        Task writing = WriteAll(far, enough.Token);
        long before = -1;
        await Deadline.Until("the relay is stalled", () =>
        {
            (long last, before) = (before, relay.Progress.RightToLeft.BytesConsumed);
            Thread.Sleep(50);
            return before > 0 && last == before;
        });
        Assert.True(before > relay.Progress.RightToLeft.BytesWritten, "something is in transit");
        pair.Far.Shutdown(SocketShutdown.Send);
        await Task.Delay(50);
        Assert.False(relay.Completion.IsCompleted, "it has ended with bytes in transit");
        Task<Received> reader = Peer.Read(pair.Far, max: owns ? long.MaxValue : before);
        RelayResult result = await relay.Completion.Within("the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal(
            (TransferEnd.Stopped, before, before),
            (result.RightToLeft.EndedBy, result.RightToLeft.BytesConsumed, result.RightToLeft.BytesWritten));
        Assert.Equal(TransferEnd.EndOfStream, result.LeftToRight.EndedBy);
        Assert.Equal(new Received(before, SocketError.Success), await reader.Within("the reader"));
        enough.Cancel();
        await writing.Within("the stream's writer");
    }

    private static async Task WriteAll(Stream stream, CancellationToken token)
    {
        try
        {
            for (int done = 0; ; done += 10_000)
            {
                await stream.WriteAsync(Pattern.Default.Bytes(done, 10_000), token);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private static async Task<byte[]> ReadExactly(Stream stream, int count)
    {
        byte[] bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
