// What the exceptions say: the parameter, the side, the call, the errno by name, and how far it came.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Meta;

public sealed class FailureTests
{
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Async)]
    [InlineData(Call.Sync)]
    public async Task A_reset_names_call_side_errno_and_count(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<TransferResult> transfer = rig.Start(call);
        rig.Writer.Send("ten bytes."u8);
        await Peer.ReadExactly(rig.Reader, 10);
        SocketPair.Reset(rig.Writer);
        TransferException e = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the reset", 1000));
        Assert.Equal((Errno.ECONNRESET, "recv", TransferSide.Source), ((Errno)e.Error, e.Operation, e.Side));
        Assert.Equal((10, 10, TransferEnd.SourceFailed),
            (e.Progress.BytesConsumed, e.Progress.BytesWritten, e.Progress.EndedBy));
        Assert.Equal(
            "recv failed at the source after 10 bytes were written: ECONNRESET (Connection reset by peer)", e.Message);
        Assert.IsAssignableFrom<IOException>(e);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Async)]
    [InlineData(Call.Sync)]
    public async Task A_dead_destination_names_its_side(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        rig.Reader.Dispose();
        rig.Writer.Send("nobody reads this"u8);
        TransferException e =
            await Assert.ThrowsAsync<TransferException>(() => rig.Start(call).Within("the transfer", 1000));
        Assert.Equal((Errno.EPIPE, TransferSide.Destination), ((Errno)e.Error, e.Side));
        Assert.Contains(
            "at the destination after 0 bytes were written: EPIPE (Broken pipe)", e.Message, StringComparison.Ordinal);
        Assert.Equal(TransferEnd.DestinationFailed, e.Progress.EndedBy);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Async)]
    [InlineData(Call.Sync)]
    public async Task An_idle_timeout_is_ETIMEDOUT_of_no_side(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        TransferException e = await Assert.ThrowsAsync<TransferException>(() => rig.Start(
            call, new TransferOptions { IdleTimeout = TimeSpan.FromMilliseconds(50) }).Within("the timeout"));
        Assert.Equal((Errno.ETIMEDOUT, TransferSide.None), ((Errno)e.Error, e.Side));
        Assert.Equal(TransferEnd.IdleTimeout, e.Progress.EndedBy);
        Assert.Contains("ETIMEDOUT", e.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Async)]
    [InlineData(Call.Sync)]
    public async Task What_a_stream_throws_comes_along(Call call)
    {
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        pair.Far.Send("x"u8);
        IOException cause = new("the disk is full");
        TransferException e = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, pair.Near, new FullStream(cause)).Within("the transfer"));
        Assert.Same(cause, e.InnerException);
        Assert.Equal((0, "Write", TransferSide.Destination), (e.Error, e.Operation, e.Side));
        Assert.Equal((1, 0), (e.Progress.BytesConsumed, e.Progress.BytesWritten));
        Assert.Equal("Write failed at the destination after 0 bytes were written: the disk is full", e.Message);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task All_three_failures_share_one_interface()
    {
        using Rig canceled = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancellation = new(30);
        Exception cancel = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => canceled.Start(Call.Async, token: cancellation.Token).Within("the cancel"));
        using Rig disposed = new(Family.Tcp, Family.Tcp);
        Task<TransferResult> running = disposed.Start(Call.Async);
        await Task.Delay(20);
        disposed.Source.Dispose();
        Exception dispose = await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => running.Within("the dispose"));
        using Rig reset = new(Family.Tcp, Family.Tcp);
        running = reset.Start(Call.Async);
        SocketPair.Reset(reset.Writer);
        Exception fail = await Assert.ThrowsAnyAsync<IOException>(() => running.Within("the reset"));
        foreach ((Exception e, TransferEnd end) in new[]
        {
            (cancel, TransferEnd.Canceled), (dispose, TransferEnd.SourceDisposed), (fail, TransferEnd.SourceFailed),
        })
        {
            ITransferFailure failure = Assert.IsAssignableFrom<ITransferFailure>(e);
            Assert.Equal((end, 0), (failure.Progress.EndedBy, failure.Undelivered.Length));
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task RequireZeroCopy_says_what_stands_in_its_way()
    {
        TransferOptions require = new() { Mode = TransferMode.RequireZeroCopy };
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("stays"u8);
        NotSupportedException e = Assert.Throws<NotSupportedException>(
            () => Transfer.Copy(rig.Source, new MemoryStream(), require));
        Assert.Contains("from a TCP socket to a MemoryStream", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<NotSupportedException>(() => Transfer.Copy(new MemoryStream(), rig.Source, require));
        Assert.Contains("from a MemoryStream to a TCP socket", e.Message, StringComparison.Ordinal);
        Assert.Equal("stays"u8.ToArray(), await Peer.ReadExactly(rig.Source, 5));
    }

    private sealed class FullStream(Exception cause) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw cause;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            => ValueTask.FromException(cause);
    }
}
