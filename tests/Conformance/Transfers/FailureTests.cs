// An end that fails: what was read is delivered, what could not be delivered is handed back, the error is the real one.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class FailureTests
{
    private const int Mib = 1 << 20;

    // After a reset the kernel gives what came before it, the error once, and then 0: an end of stream that is none.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("X-04", "B-05")]
    public async Task Bytes_before_a_reset_arrive_and_then_the_reset_is_thrown(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        rig.Writer.Send("0123456789"u8);
        BreakOff(rig.Source, rig.Writer);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call, new TransferOptions { Mode = mode }).Within("the transfer"));

        Assert.Equal((Libc.EConnReset, TransferSide.Source), (thrown.Error, thrown.Side));
        Assert.Equal(TransferEnd.SourceFailed, thrown.Progress.EndedBy);
        ResultAssert.Moved(thrown.Progress, 10, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal("0123456789", await Peer.ReadText(rig.Reader).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("X-04", "B-05")]
    public async Task A_reset_while_it_waits_for_the_source_is_thrown(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        rig.Writer.Send("0123456789"u8);
        await Peer.ReadExactly(rig.Reader, 10).Within("the first bytes");
        await Task.Delay(20);
        BreakOff(rig.Source, rig.Writer);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => transfer.Within("the transfer", 500));

        Assert.Equal((Libc.EConnReset, TransferSide.Source), (thrown.Error, thrown.Side));
        ResultAssert.Moved(thrown.Progress, 10, mode);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("X-11", "B-11")]
    public async Task A_destination_that_dies_midway_costs_no_byte_that_was_consumed(
        Family source, Family destination, TransferMode mode, Call call)
    {
        const int Total = 4 * Mib;
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 200_000);
        Task<TransferResult> transfer = rig.Start(
            call, new TransferOptions { Mode = mode, KeepUndelivered = true, LimitBytes = 2 * Total });
        Assert.Equal(100_000, (await Peer.Read(rig.Reader, max: 100_000).Within("the reader")).Count);
        await Task.Delay(20);
        SocketPair.Reset(rig.Reader);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => transfer.Within("the transfer", 1000));

        Assert.Equal(TransferSide.Destination, thrown.Side);
        Assert.Contains(thrown.Error, (int[])[Libc.EPipe, Libc.EConnReset]);
        TransferResult progress = thrown.Progress;
        Assert.Equal(TransferEnd.DestinationFailed, progress.EndedBy);
        ResultAssert.Mechanism(progress, mode);
        Assert.InRange(progress.BytesWritten, 100_000, progress.BytesConsumed);
        Assert.Equal((2 * Total) - progress.BytesConsumed, progress.LimitRemaining);

        // Written, handed back, and still in the source: together the whole stream.
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);
        Task<Received> rest = Peer.Read(rig.Source, start: progress.BytesConsumed);
        await Peer.AssertAll(Total - progress.BytesConsumed, Shifted(writer, progress.BytesConsumed), rest);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("X-11")]
    public async Task A_destination_that_dies_while_the_source_is_silent_ends_it(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        rig.Writer.Send("hello"u8);
        await Peer.ReadExactly(rig.Reader, 5).Within("the first bytes");
        await Task.Delay(20);
        BreakOff(rig.Destination, rig.Reader);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => transfer.Within("the transfer", 500));

        Assert.Equal(TransferSide.Destination, thrown.Side);
        Assert.Contains(thrown.Error, (int[])[Libc.EPipe, Libc.EConnReset]);
        ResultAssert.Moved(thrown.Progress, 5, mode);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task Without_being_asked_it_keeps_nothing(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Mib);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        Assert.Equal(1000, (await Peer.Read(rig.Reader, max: 1000).Within("the reader")).Count);
        SocketPair.Reset(rig.Reader);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => transfer.Within("the transfer", 1000));

        Assert.True(thrown.Undelivered.IsEmpty);
        Assert.Equal(TransferSide.Destination, thrown.Side);
        rig.Source.Dispose();
        await Peer.AssertWroteAtLeast(thrown.Progress.BytesConsumed, writer);
    }

    // A unix socket has no reset: closed with something unread, its peer gets the same errno.
    private static void BreakOff(Socket near, Socket far)
    {
        if (near.AddressFamily == AddressFamily.Unix)
        {
            near.Send("unread"u8);
        }

        SocketPair.Reset(far);
    }

    private static async Task<long> Shifted(Task<long> count, long by) => await count - by;
}
