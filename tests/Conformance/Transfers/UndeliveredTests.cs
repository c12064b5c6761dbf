// What was consumed and not written can be the next transfer's prefix, and then nothing is lost.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class UndeliveredTests
{
    private const int Mib = 1 << 20;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("B-11")]
    public async Task Canceled_and_resumed_to_the_same_destination_loses_nothing(
        Family source, Family destination, TransferMode mode, Call call)
    {
        const int Total = 3 * Mib;
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        using CancellationTokenSource cancel = new();
        TransferOptions options = new() { Mode = mode, KeepUndelivered = true, LimitBytes = Total };
        Task<TransferResult> transfer = rig.Start(call, options, cancel.Token);
        await Deadline.Until("it writes", () => rig.Reader.Available > 0);
        await Task.Delay(30); // Stalled with something in transit.
        cancel.Cancel();
        TransferCanceledException canceled =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the transfer", 500));
        TransferResult first = canceled.Progress;
        Assert.Equal(first.BytesConsumed - first.BytesWritten, canceled.Undelivered.Length);
        Pattern.Default.AssertEqual(canceled.Undelivered.Span, first.BytesWritten);

        Task<Received> reader = Peer.Read(rig.Reader);
        options = options with { Prefix = canceled.Undelivered, LimitBytes = first.LimitRemaining };
        TransferResult second = await rig.Start(call, options).Within("the second");

        ResultAssert.Moved(second, Total - first.BytesConsumed, mode, prefix: canceled.Undelivered.Length);
        Assert.Equal((0, TransferEnd.LimitReached), (second.LimitRemaining, second.EndedBy));
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task A_prefix_that_was_not_sent_is_undelivered_too(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 16 * 1024);
        byte[] prefix = Pattern.Default.Bytes(0, Mib);
        using CancellationTokenSource cancel = new();
        TransferOptions options = new() { Mode = mode, KeepUndelivered = true, Prefix = prefix };
        Task<TransferResult> transfer = rig.Start(call, options, cancel.Token);
        await Deadline.Until("it writes", () => rig.Reader.Available > 0);
        await Task.Delay(30);
        cancel.Cancel();

        TransferCanceledException canceled =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the transfer", 500));

        Assert.Equal(0, canceled.Progress.BytesConsumed);
        Assert.InRange(canceled.Progress.BytesWritten, 1, Mib - 1);
        Assert.Equal(Mib - canceled.Progress.BytesWritten, canceled.Undelivered.Length);
        Pattern.Default.AssertEqual(canceled.Undelivered.Span, canceled.Progress.BytesWritten);
        Task<Received> reader = Peer.Read(rig.Reader);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(canceled.Progress.BytesWritten, SocketError.Success),
            await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, true)]
    [InlineData(Call.Sync, false)]
    [InlineData(Call.Async, true)]
    [InlineData(Call.Async, false)]
    public async Task Canceled_before_the_start_only_the_prefix_is_undelivered(Call call, bool keep)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("data"u8);
        TransferOptions options = new() { KeepUndelivered = keep, Prefix = "prefix"u8.ToArray(), LimitBytes = 7 };

        TransferCanceledException canceled = await Assert.ThrowsAsync<TransferCanceledException>(
            () => rig.Start(call, options, new CancellationToken(canceled: true)).Within("the transfer", 500));

        TransferResult progress = canceled.Progress;
        Assert.Equal((0, 0, 7), (progress.BytesConsumed, progress.BytesWritten, progress.LimitRemaining));
        Assert.Equal(keep ? "prefix"u8.ToArray() : [], canceled.Undelivered.ToArray());
        Assert.Equal(TransferEnd.Canceled, canceled.Progress.EndedBy);
        byte[] left = new byte[8];
        Assert.Equal(4, rig.Source.Receive(left));
        Assert.False(rig.Reader.Poll(0, SelectMode.SelectRead), "something was written");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Disposed_before_the_start_the_prefix_is_undelivered_and_the_end_is_named(
        TransferMode mode, Call call)
    {
        foreach (bool isSource in (bool[])[true, false])
        {
            using Rig rig = new(Family.Tcp, Family.Unix);
            (isSource ? rig.Source : rig.Destination).Dispose();
            TransferOptions options = new() { Mode = mode, KeepUndelivered = true, Prefix = "prefix"u8.ToArray() };

            TransferDisposedException disposed = await Assert.ThrowsAsync<TransferDisposedException>(
                async () => await rig.Start(call, options).Within("the transfer", 500));

            TransferResult progress = disposed.Progress;
            Assert.Equal(isSource ? TransferEnd.SourceDisposed : TransferEnd.DestinationDisposed, progress.EndedBy);
            Assert.Equal((0, 0, (long?)null), (progress.BytesConsumed, progress.BytesWritten, progress.LimitRemaining));
            Assert.Equal("prefix"u8.ToArray(), disposed.Undelivered.ToArray());
            Assert.Equal(isSource ? TransferSide.Source : TransferSide.Destination, disposed.Side);
        }
    }
}
