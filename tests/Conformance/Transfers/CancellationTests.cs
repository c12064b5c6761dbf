// A cancel ends a transfer within half a second in every state that it can wait in, with exact counts.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

[Cases("X-16")]
public sealed class CancellationTests
{
    private const int Mib = 1 << 20;
    private const int PromptMs = 500;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task While_it_waits_for_the_source(Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        using CancellationTokenSource cancel = new();
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode }, cancel.Token);
        rig.Writer.Send("hello"u8);
        await Peer.ReadExactly(rig.Reader, 5).Within("the first bytes");
        await Task.Delay(20);

        TransferCanceledException thrown = await Cancel(cancel, transfer);

        ResultAssert.Moved(thrown.Progress, 5, mode);

        // Both ends are as before: the next transfer goes on where this one stopped.
        rig.Writer.Send("world"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await rig.Start(call, new TransferOptions { Mode = mode }).Within("the next"), 5, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal("world", await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task While_it_waits_for_the_destination(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        using CancellationTokenSource cancel = new();
        Task<long> writer = Peer.Write(rig.Writer, 8 * Mib);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode }, cancel.Token);
        await Deadline.Until("it writes", () => rig.Reader.Available > 0);
        await Task.Delay(30);

        TransferCanceledException thrown = await Cancel(cancel, transfer);

        TransferResult progress = thrown.Progress;
        ResultAssert.Mechanism(progress, mode);
        Assert.InRange(progress.BytesWritten, 1, progress.BytesConsumed);

        // What was counted as written is what arrives; what was counted as consumed is what is gone from the source.
        Task<Received> reader = Peer.Read(rig.Reader);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(progress.BytesWritten, SocketError.Success), await reader.Within("the reader"));
        Task<Received> rest = Peer.Read(rig.Source, start: progress.BytesConsumed);
        Assert.Equal(new Received((8 * Mib) - progress.BytesConsumed, SocketError.Success),
            await rest.Within("the rest"));
        Assert.Equal(8 * Mib, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task While_it_waits_for_the_rate(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancel = new();
        rig.Writer.Send(Pattern.Default.Slice(0, 50_000).Span);
        TransferOptions options = new() { Mode = mode, BytesPerSecond = 100 };
        Task<TransferResult> transfer = rig.Start(call, options, cancel.Token);
        await Task.Delay(60);

        TransferCanceledException thrown = await Cancel(cancel, transfer);

        Assert.InRange(thrown.Progress.BytesWritten, 0, 40);
        ResultAssert.Moved(thrown.Progress, thrown.Progress.BytesConsumed, mode);
        byte[] rest = await Peer.ReadExactly(rig.Source, 50_000 - (int)thrown.Progress.BytesConsumed)
            .Within("the rest");
        Pattern.Default.AssertEqual(rest, thrown.Progress.BytesConsumed);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task While_bytes_flow(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using CancellationTokenSource cancel = new();
        Task<long> writer = Peer.Write(rig.Writer, 1L << 40);
        Task<Received> reader = Peer.Read(rig.Reader);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode }, cancel.Token);
        await Task.Delay(100);
        Assert.False(reader.IsCompleted || writer.IsCompleted);

        TransferCanceledException thrown = await Cancel(cancel, transfer);

        ResultAssert.Mechanism(thrown.Progress, mode);
        Assert.InRange(thrown.Progress.BytesWritten, 0, thrown.Progress.BytesConsumed);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(thrown.Progress.BytesWritten, SocketError.Success),
            await reader.Within("the reader"));
        SocketPair.Reset(rig.Source);
        await Peer.AssertWroteAtLeast(thrown.Progress.BytesConsumed, writer);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_cancel_that_comes_too_late_means_nothing(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancel = new();
        for (int i = 0; i < 20; i++)
        {
            rig.Writer.Send("x"u8);
            TransferResult result = await rig.Start(call, new TransferOptions { LimitBytes = 1 }, cancel.Token)
                .Within("the transfer");
            Assert.Equal(1, result.BytesWritten);
        }

        cancel.Cancel();
        rig.Writer.Send("y"u8);
        TransferResult last = await rig.Start(call, new TransferOptions { LimitBytes = 1 }).Within("the last");
        Assert.Equal(1, last.BytesWritten);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new string('x', 20) + 'y', await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    private static async Task<TransferCanceledException> Cancel(
        CancellationTokenSource cancel, Task<TransferResult> transfer)
    {
        Assert.False(transfer.IsCompleted, "it ended before the cancel");
        cancel.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the cancel", PromptMs));
        Assert.Equal(TransferEnd.Canceled, thrown.Progress.EndedBy);
        Assert.Equal(cancel.Token, thrown.CancellationToken);
        return thrown;
    }
}
