// Idle is: no byte consumed or written. Waiting for the rate is not idle, a destination that takes nothing is.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class IdleTimeoutTests
{
    private const int IdleMs = 300;
    /// <summary>Less than a slow reader takes for all, and more than a busy machine keeps it from reading.</summary>
    private const int SlowIdleMs = 700;

    private const int ToleranceMs = 150;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public Task A_silent_source_times_out(Family source, Family destination) => AllAtOnce.Run(async (mode, call) =>
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, Options(mode));
        await Task.Delay(150);
        rig.Writer.Send("hello"u8); // Starts the time again.
        byte[] first = await Peer.ReadExactly(rig.Reader, 5).Within("the first bytes");
        long start = Stopwatch.GetTimestamp();

        TransferException thrown = await TimesOut(transfer, start);

        ResultAssert.Moved(thrown.Progress, 5, mode);
        Assert.Equal("hello"u8.ToArray(), first);
        Assert.True(rig.Source.Connected && rig.Destination.Connected, "a transfer closes nothing");
    });

    [Fact(Timeout = Deadline.Ms)]
    public Task A_stalled_destination_times_out() => AllAtOnce.Run(async (mode, call) =>
    {
        using Rig rig = new(Family.Tcp, Family.Tcp, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, 8 << 20);
        long start = Stopwatch.GetTimestamp();

        TransferException thrown = await TimesOut(rig.Start(call, Options(mode)), start);

        Assert.InRange(thrown.Progress.BytesWritten, 1, thrown.Progress.BytesConsumed);
        ResultAssert.Mechanism(thrown.Progress, mode);
        Task<Received> reader = Peer.Read(rig.Reader);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(thrown.Progress.BytesWritten, SocketError.Success),
            await reader.Within("the reader"));
        rig.Source.Dispose();
        await Peer.AssertWroteAtLeast(thrown.Progress.BytesConsumed, writer);
    });

    [Fact(Timeout = Deadline.Ms)]
    public Task Waiting_for_the_rate_is_not_idle() => AllAtOnce.Run(async (mode, call) =>
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("01234"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);

        // A byte every 500 ms: longer than the timeout.
        TransferResult result = await rig.Start(
            call, Options(mode) with { BytesPerSecond = 2, LimitBytes = 3 }).Within("the transfer");

        ResultAssert.Moved(result, 3, mode);
        Assert.Equal("012"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 3).Within("the reader"));
    });

    // A source that has nothing is idle although a rate is set.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_silent_source_times_out_under_a_rate_too(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        long start = Stopwatch.GetTimestamp();

        TransferException thrown = await TimesOut(
            rig.Start(call, Options(TransferMode.Auto) with { BytesPerSecond = 1000 }), start);

        Assert.Equal(0, thrown.Progress.BytesConsumed);
    }

    // Small but steady traffic, much longer than the timeout.
    [Fact(Timeout = Deadline.Ms)]
    public Task A_byte_now_and_then_keeps_it_alive() => AllAtOnce.Run(async (mode, call) =>
    {
        using Rig rig = new(Family.Unix, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, 8, chunk: 1, pauseMs: 120);
        Task<Received> reader = Peer.Read(rig.Reader);

        ResultAssert.Moved(await rig.Start(call, Options(mode)).Within("the transfer"), 8, mode);

        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(8, writer, reader);
    });

    // Drained drop by drop, for much longer than the timeout.
    [Fact(Timeout = Deadline.Ms)]
    public Task A_slow_destination_is_not_a_stalled_one() => AllAtOnce.Run(async (mode, call) =>
    {
        const int Total = 900_000;
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: Total);
        Task<Received> reader = Peer.Read(rig.Reader, chunk: 16 * 1024, pauseMs: 20);
        TransferOptions options = Options(mode) with { IdleTimeout = TimeSpan.FromMilliseconds(SlowIdleMs) };

        ResultAssert.Moved(await rig.Start(call, options).Within("the transfer"), Total, mode);

        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    });

    private static TransferOptions Options(TransferMode mode)
        => new() { Mode = mode, IdleTimeout = TimeSpan.FromMilliseconds(IdleMs) };

    private static async Task<TransferException> TimesOut(Task<TransferResult> transfer, long start)
    {
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => transfer.Within("the timeout", 5000));
        double elapsedMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.Equal(Libc.ETimedOut, thrown.Error);
        Assert.Equal(TransferEnd.IdleTimeout, thrown.Progress.EndedBy);
        Assert.InRange(elapsedMs, IdleMs - ToleranceMs, IdleMs + ToleranceMs);
        return thrown;
    }
}
