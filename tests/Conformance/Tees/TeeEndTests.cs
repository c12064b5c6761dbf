// How a tee ends: with its stream, with its pipe, and what it closes then.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class TeeEndTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Way.Read)]
    [InlineData(Way.WriteTo)]
    [InlineData(Way.CopyOnly)]
    public async Task The_end_of_stream_leaves_a_target_open_if_it_is_told_to(Way way)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe closed = Pipe.Create();
        using Pipe open = Pipe.Create();
        Tee[] tees = [pipe.Tee(closed), pipe.Tee(open, new TeeOptions { LeaveOpen = true })];
        pipe.Write(Pattern.Default.Slice(0, 5).Span);
        pipe.CloseWrite();
        using MainFlow main = new(pipe, way);
        await main.AssertMoves(5);
        foreach (Tee tee in tees)
        {
            TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), 5, isPipe: true);
        }

        open.Write(Pattern.Default.Slice(5, 5).Span);
        Assert.ThrowsAny<ObjectDisposedException>(() => closed.Write("x"u8));
        Assert.Equal(5, await PipePeer.ReadAll(closed).Within("the closed one"));
        await PipePeer.ReadExactly(open, 10).Within("the open one");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.File)]
    [InlineData(TargetKind.Tcp)]
    [InlineData(TargetKind.Unix)]
    [InlineData(TargetKind.Stream)]
    public async Task A_target_that_is_not_a_pipe_stays_open_and_in_use(TargetKind kind)
    {
        using Pipe pipe = Pipe.Create();
        using Target target = new(kind);
        target.Read();
        Tee tee = pipe.Tee(target.Endpoint);
        pipe.Write(Pattern.Default.Slice(0, 1000).Span);
        pipe.CloseWrite();
        Assert.Equal(1000, await PipePeer.ReadAll(pipe).Within("the main reader"));
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), 1000, isPipe: false);

        using MemoryStream more = new(Pattern.Default.Bytes(1000, 500));
        await Transfer.CopyAsync(more, target.Endpoint).Within("the caller's own");
        await target.AssertGot(1500);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.Pipe, true)]
    [InlineData(TargetKind.Pipe, false)]
    [InlineData(TargetKind.File, true)]
    [InlineData(TargetKind.Tcp, false)]
    [InlineData(TargetKind.Stream, true)]
    public async Task Closing_the_pipe_ends_its_tees(TargetKind kind, bool whole)
    {
        using Pipe pipe = Pipe.Create();
        using Target target = new(kind);
        target.Read();
        Tee tee = pipe.Tee(target.Endpoint);
        pipe.Write(Pattern.Default.Slice(0, 1000).Span);
        await PipePeer.ReadExactly(pipe, 1000).Within("the main reader");
        Assert.False(tee.Completion.IsCompleted);
        if (whole)
        {
            pipe.Dispose();
        }
        else
        {
            pipe.CloseRead();
        }

        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal((TeeEnd.SourceClosed, 1000), (result.EndedBy, result.BytesMirrored));
        if (kind == TargetKind.Pipe)
        {
            Assert.ThrowsAny<ObjectDisposedException>(() => target.Pipe!.Write("x"u8));
        }

        await target.AssertGot(1000, cut: true);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Closing_the_pipe_ends_a_tee_whose_target_is_stalled()
    {
        using Target target = new(TargetKind.OnePage);
        Tee tee;
        using (Pipe pipe = Pipe.Create())
        {
            tee = pipe.Tee(target.Endpoint);
            pipe.Write(Pattern.Default.Slice(0, 20_000).Span);
            byte[] buffer = new byte[20_000];
            int count = await pipe.ReadAsync(buffer).Within("the first read");
            Task<int> second = pipe.ReadAsync(buffer).AsTask();
            await Task.Delay(20);
            Assert.False(second.IsCompleted);
            pipe.Dispose();
            await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => second.Within("the read", 1000));
            Assert.Equal(count, tee.BytesMirrored);
        }

        Assert.Equal(TeeEnd.SourceClosed, (await tee.Completion.Within("the tee")).EndedBy);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_target_that_this_process_disposes_has_failed(bool stalled)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create(4096);
        Tee tee = pipe.Tee(target);
        pipe.Write(Pattern.Default.Slice(0, 20_000).Span);
        byte[] buffer = new byte[20_000];
        int done = await pipe.ReadAsync(buffer).Within("the first read");
        Task<int>? second = stalled ? pipe.ReadAsync(buffer.AsMemory(done)).AsTask() : null;
        await Task.Delay(20);
        target.Dispose();

        done += second is null ? 0 : await second.Within("the read that waited for it");
        pipe.CloseWrite();
        Pattern.Default.AssertEqual(buffer.AsSpan(0, done));
        Assert.Equal(20_000 - done, await PipePeer.ReadAll(pipe, done).Within("the main reader"));
        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal(TeeEnd.Failed, result.EndedBy);
        Assert.NotNull(result.Exception);
    }

    // A transfer that ends early leaves the tee as it is: the next one goes on where it stopped.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [InlineData(TransferMode.RequireZeroCopy)]
    public async Task A_transfer_that_is_canceled_or_fails_keeps_the_tee(TransferMode mode)
    {
        const int Total = 400_003;
        using Pipe pipe = Pipe.Create();
        using Target target = new(TargetKind.Pipe);
        target.Read(chunk: 1000);
        Tee tee = pipe.Tee(target.Endpoint);
        Task<long> writer = PipePeer.Write(pipe, Total);
        TransferOptions options = new() { Mode = mode, KeepUndelivered = true };
        long done = 0;

        using (SocketPair stalled = SocketPair.Connect(Family.Unix, bufferBytes: 32_768))
        using (CancellationTokenSource cancel = new(30))
        {
            TransferCanceledException canceled = await Assert.ThrowsAsync<TransferCanceledException>(
                () => Rig.Start(Call.Async, pipe, stalled.Near, options, cancel.Token).Within("the canceled one"));
            Pattern.Default.AssertEqual(canceled.Undelivered.Span, canceled.Progress.BytesWritten);
            done += canceled.Progress.BytesConsumed;
        }

        using (SocketPair dead = SocketPair.Connect(Family.Unix))
        {
            SocketPair.Reset(dead.Far);
            TransferException failed = await Assert.ThrowsAsync<TransferException>(
                () => Rig.Start(Call.Sync, pipe, dead.Near, options).Within("the failed one"));
            Assert.Equal((TransferSide.Destination, 0), (failed.Side, failed.Progress.BytesWritten));
            Pattern.Default.AssertEqual(failed.Undelivered.Span, done);
            done += failed.Progress.BytesConsumed;
        }

        Assert.False(tee.Completion.IsCompleted);
        Assert.Equal(Total - done, await PipePeer.ReadAll(pipe, done).Within("the rest"));
        Assert.Equal(Total, await writer.Within("the writer"));
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), Total, isPipe: true);
        await target.AssertGot(Total);
    }
}
