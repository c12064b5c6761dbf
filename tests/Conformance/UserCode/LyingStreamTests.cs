// Streams that say of themselves what is not so.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.UserCode;

public sealed class LyingStreamTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(25, 20, Call.Sync)]
    [InlineData(25, 20, Call.Async)]
    [InlineData(int.MaxValue, null, Call.Sync)]
    [InlineData(int.MaxValue, null, Call.Async)]
    [InlineData(65537, null, Call.Sync)]
    [InlineData(165536, null, Call.Async)]
    [InlineData(-1, null, Call.Sync)]
    [InlineData(-1, null, Call.Async)]
    [InlineData(-11, 20, Call.Async)]
    [InlineData(int.MinValue, null, Call.Async)]
    [Cases("F-20", "F-21")]
    public async Task A_count_that_cannot_be_forwards_nothing(int said, int? limit, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream source = new() { Reads = (buffer, _) => new ValueTask<int>(said) };

        TransferException failure = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, source, rig.Destination, new TransferOptions { LimitBytes = limit })
                .Within("the transfer"));

        Assert.Equal((0, TransferSide.Source, "Read"), (failure.Error, failure.Side, failure.Operation));
        Assert.Contains($"returned {said} of {limit ?? 65536}", failure.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (failure.Progress.BytesConsumed, failure.Progress.BytesWritten));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(0, SocketError.Success), await Peer.Read(rig.Reader).Within("the reader"));
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-20")]
    public async Task What_was_true_before_the_lie_is_delivered()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream left = new()
        {
            Reads = (buffer, before) => before == 0 ? new ValueTask<int>(Fill(buffer)) : Later(buffer.Length + 1),
        };

        RelayResult result = await Relay.RunAsync(left, rig.Destination).Within("the relay");

        Assert.Equal(RelayEnd.LeftFailed, result.EndedBy);
        Assert.Contains("returned", Assert.IsType<IOException>(result.Exception).Message, StringComparison.Ordinal);
        Assert.Equal((3, 3), (result.LeftToRight.BytesConsumed, result.LeftToRight.BytesWritten));
        Assert.Equal("abc"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 3));
        Assert.Equal(0, rig.Reader.Available);
        await Untouched.AssertReleased(rig);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    [Cases("F-22")]
    public async Task A_returned_0_is_the_end_whatever_the_stream_says_afterwards(Call call)
    {
        bool isOver = false;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream source = new()
        {
            SaysReadable = () => !isOver,
            SaysWritable = () => false,
            Reads = (buffer, before) =>
            {
                isOver = before > 0;
                return new ValueTask<int>(isOver ? 0 : Fill(buffer));
            },
        };

        TransferResult result = await Rig.Start(call, source, rig.Destination).Within("the transfer");

        Assert.Equal((3, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal(2, source.ReadsCount); // Nobody asks again after an end.
        Assert.Equal("abc"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 3));
        await Untouched.AssertReleased(rig);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-22")]
    public async Task In_a_relay_too()
    {
        bool isOver = false;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using HostileStream left = new()
        {
            SaysReadable = () => !isOver,
            SaysWritable = () => !isOver,
            Reads = (buffer, before) =>
            {
                isOver = before > 0;
                return new ValueTask<int>(isOver ? 0 : Fill(buffer));
            },
        };
        Task<RelayResult> relay = Relay.RunAsync(left, rig.Destination).AsTask();
        Assert.Equal("abc"u8.ToArray(), await Peer.ReadAll(rig.Reader).Within("the reader"));
        rig.Reader.Shutdown(SocketShutdown.Send);

        RelayResult result = await relay.Within("the relay");

        Assert.Equal((RelayEnd.EndOfStream, null), (result.EndedBy, result.Exception));
        await Untouched.AssertReleased(rig);
    }

    private static int Fill(Memory<byte> buffer)
    {
        "abc"u8.CopyTo(buffer.Span);
        return 3;
    }

    private static async ValueTask<int> Later(int count)
    {
        await Task.Delay(1);
        return count;
    }
}
