// What ends a relay before its streams do: cancel, abort, idling, linger. And what can be seen of it while it runs.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

public sealed class RelayEndingTests
{
    /// <summary>Any end from outside is there within this.</summary>
    private const int PromptMs = 500;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task Progress_is_live_and_ends_as_the_result(Family left, Family right)
    {
        using Rig rig = new(left, right);
        await using Relay relay = Relay.Start(rig.Source, rig.Destination);
        Assert.Equal((0, RelayEnd.None), (relay.Progress.LeftToRight.BytesWritten, relay.Progress.EndedBy));
        rig.Writer.Send(Pattern.Default.Slice(0, 70_000).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 70_000).Within("the bytes"));
        rig.Reader.Send(Pattern.Other.Slice(0, 500).Span);
        Pattern.Other.AssertEqual(await Peer.ReadExactly(rig.Writer, 500).Within("the answer"));
        await Deadline.Until("progress", () => relay.Progress is { } now
            && (now.LeftToRight.BytesWritten, now.RightToLeft.BytesWritten) == (70_000, 500), 2000);
        Assert.Equal((RelayEnd.None, false), (relay.Progress.EndedBy, relay.Completion.IsCompleted));
        Assert.Equal(70_000, relay.Progress.LeftToRight.BytesConsumed);

        rig.Writer.Shutdown(SocketShutdown.Send);
        rig.Reader.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Completion.Within("the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal(result, relay.Progress);
        Assert.Equal((70_000, 500), (result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task DisposeAsync_aborts_sends_no_end_and_leaves_the_sockets(Family left, Family right)
    {
        using Rig rig = new(left, right);
        Relay relay = Relay.Start(rig.Source, rig.Destination);
        rig.Writer.Send("x"u8);
        await Peer.ReadExactly(rig.Reader, 1);
        await relay.DisposeAsync().Within("the abort", PromptMs);
        Assert.True(relay.Completion.IsCompletedSuccessfully);
        RelayResult result = await relay.Completion;
        Assert.Equal((RelayEnd.Aborted, 0, 1), (result.EndedBy, result.Error, result.LeftToRight.BytesWritten));
        Assert.Equal((TransferEnd.Stopped, TransferEnd.Stopped),
            (result.LeftToRight.EndedBy, result.RightToLeft.EndedBy));
        await relay.DisposeAsync().Within("a second dispose", PromptMs);
        await RelayPairs.AssertQuietAndAlive(rig.Source, rig.Writer);
        await RelayPairs.AssertQuietAndAlive(rig.Destination, rig.Reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsModes), MemberType = typeof(Matrix))]
    public async Task An_abort_while_the_destination_is_full_counts_what_was_taken_and_what_was_written(
        Family left, Family right, TransferMode mode)
    {
        using Rig rig = new(left, right, bufferBytes: 8192);
        Relay relay = Relay.Start(rig.Source, rig.Destination, RelayPairs.Mode(mode));
        Task<long> writer = Peer.Write(rig.Writer, 50_000_000, finish: false);
        await Settled(relay);
        await relay.DisposeAsync().Within("the abort", PromptMs);
        TransferResult result = (await relay.Completion).LeftToRight;
        Assert.True(result.BytesConsumed > result.BytesWritten, "something was in transit");
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(
            new Received(result.BytesWritten, SocketError.Success),
            await Peer.Read(rig.Reader).Within("what was written"));
        rig.Dispose();
        Assert.True(await writer.Within("the writer") >= result.BytesConsumed);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task A_cancel_throws_with_the_result_of_both_directions(Family left, Family right)
    {
        using Rig rig = new(left, right);
        using CancellationTokenSource cancellation = new();
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, cancellationToken: cancellation.Token).AsTask();
        rig.Writer.Send("12345"u8);
        rig.Reader.Send("123"u8);
        await Peer.ReadExactly(rig.Reader, 5);
        await Peer.ReadExactly(rig.Writer, 3);
        cancellation.Cancel();
        TransferCanceledException e = await Assert.ThrowsAsync<TransferCanceledException>(
            () => relay.Within("the cancel", PromptMs));
        Assert.Equal(cancellation.Token, e.CancellationToken);
        RelayResult result = Assert.NotNull(e.Relay);
        Assert.Equal(
            (RelayEnd.Canceled, 5, 3),
            (result.EndedBy, result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        await RelayPairs.AssertQuietAndAlive(rig.Source, rig.Writer);
        await RelayPairs.AssertQuietAndAlive(rig.Destination, rig.Reader);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_token_that_is_canceled_already_moves_nothing()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("stays"u8);
        TransferCanceledException e = await Assert.ThrowsAsync<TransferCanceledException>(
            () => Relay.RunAsync(rig.Source, rig.Destination, cancellationToken: new CancellationToken(true))
                .Within("the cancel", PromptMs));
        RelayResult result = Assert.NotNull(e.Relay);
        Assert.Equal(
            (RelayEnd.Canceled, TransferEnd.Canceled, (long?)null),
            (result.EndedBy, result.RightToLeft.EndedBy, result.LeftToRight.LimitRemaining));
        Assert.Equal("stays"u8.ToArray(), await Peer.ReadExactly(rig.Source, 5));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task An_idle_relay_ends_by_itself_and_is_no_exception(Family left, Family right)
    {
        using Rig rig = new(left, right);
        long start = Stopwatch.GetTimestamp();
        RelayResult result = await Relay.RunAsync(
            rig.Source,
            rig.Destination,
            new RelayOptions { IdleTimeout = TimeSpan.FromMilliseconds(150) }).Within("idle");
        double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.InRange(ms, 140, 150 + PromptMs);
        Assert.Equal((RelayEnd.IdleTimeout, TransferEnd.IdleTimeout, TransferEnd.IdleTimeout),
            (result.EndedBy, result.LeftToRight.EndedBy, result.RightToLeft.EndedBy));
        await RelayPairs.AssertQuietAndAlive(rig.Source, rig.Writer);
        await RelayPairs.AssertQuietAndAlive(rig.Destination, rig.Reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Progress_of_either_direction_counts_for_both(bool leftTalks)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { IdleTimeout = TimeSpan.FromMilliseconds(400) }).AsTask();
        (Socket from, Socket to) = leftTalks ? (rig.Writer, rig.Reader) : (rig.Reader, rig.Writer);
        for (int i = 0; i < 12; i++)
        {
            await Task.Delay(100);
            Assert.False(relay.IsCompleted, $"ended as idle after {i} of 12 bytes");
            from.Send("x"u8);
        }

        Assert.Equal(12, (await Peer.ReadExactly(to, 12).Within("the bytes")).Length);
        Assert.Equal(RelayEnd.IdleTimeout, (await relay.Within("the silence afterwards", 400 + PromptMs)).EndedBy);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [InlineData(TransferMode.CopyOnly)]
    public async Task A_stalled_destination_is_idling_too(TransferMode mode)
    {
        using Rig rig = new(Family.Unix, Family.Unix, bufferBytes: 8192);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, RelayPairs.Mode(mode) with
        {
            IdleTimeout = TimeSpan.FromMilliseconds(200),
        }).AsTask();
        Task<long> writer = Peer.Write(rig.Writer, 20_000_000, finish: false);
        RelayResult result = await relay.Within("the stall", 5000);
        Assert.Equal(RelayEnd.IdleTimeout, result.EndedBy);
        rig.Dispose();
        await writer.Within("the writer");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task Linger_ends_a_relay_of_which_one_direction_never_ends(Family left, Family right)
    {
        using Rig rig = new(left, right);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, new RelayOptions
        {
            LingerAfterHalfClose = TimeSpan.FromMilliseconds(300),
        }).AsTask();
        await Task.Delay(400);
        Assert.False(relay.IsCompleted, "it lingers only after a half-close");
        long start = Stopwatch.GetTimestamp();
        rig.Writer.Shutdown(SocketShutdown.Send);
        Assert.Empty(await Peer.ReadAll(rig.Reader).Within("the end"));
        rig.Reader.Send("late answer"u8);
        Assert.Equal("late answer"u8.ToArray(), await Peer.ReadExactly(rig.Writer, 11).Within("the answer"));
        RelayResult result = await relay.Within("the linger");
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 280, 300 + PromptMs);
        Assert.Equal((RelayEnd.LingerTimeout, 11), (result.EndedBy, result.RightToLeft.BytesWritten));
        Assert.Equal((TransferEnd.EndOfStream, TransferEnd.Stopped),
            (result.LeftToRight.EndedBy, result.RightToLeft.EndedBy));
    }

    /// <summary>Waits until the relay's counters rest: its destination is full.</summary>
    private static async Task Settled(Relay relay)
    {
        for (long before = -1, now = 0; now == 0 || now != before;)
        {
            before = now;
            await Task.Delay(100);
            now = relay.Progress.LeftToRight.BytesConsumed + relay.Progress.LeftToRight.BytesWritten;
        }
    }
}
