// Streams as ends: what a stream does in its own time, and what it throws.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Plain;

[Cases("X-09")]
public sealed class StreamTransferTests
{
    private const int Mib = 1 << 20;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_large_stream_goes_to_a_slow_socket_and_comes_back_whole(Call call)
    {
        const int Total = 3 * Mib;
        using SocketPair pair = SocketPair.Tcp();
        pair.Near.SendBufferSize = 16 * 1024;
        using MemoryStream source = new(Pattern.Default.Bytes(0, Total));
        Task<Received> reader = Peer.Read(pair.Far, pauseMs: 1);

        TransferResult result = await Rig.Start(call, source, pair.Near).Within("the transfer");

        Assert.Equal(
            (TransferMechanism.ReadWrite, Total, 0), (result.Mechanism, result.BytesBuffered, result.FallbackError));
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(Total, SocketError.Success), await reader.Within("the reader"));
        Assert.Equal(Total, source.Position);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_socket_goes_to_a_stream_and_every_burst_is_flushed(Call call)
    {
        using SocketPair pair = SocketPair.Unix();
        using ScriptedStream destination = new();
        Task<TransferResult> transfer = Rig.Start(call, pair.Near, destination);

        pair.Far.Send("hello"u8);

        // Not only at the end: whoever waits for an answer has to see the question.
        await Deadline.Until("a flush", () => destination.Flushes > 0 && destination.Unflushed == 0, 2000);
        Assert.Equal("hello"u8.ToArray(), destination.Written);
        pair.Far.Send(", world"u8);
        pair.Far.Shutdown(SocketShutdown.Send);
        Assert.Equal(12, (await transfer.Within("the transfer")).BytesBuffered);
        Assert.Equal("hello, world"u8.ToArray(), destination.Written);
        Assert.Equal(0, destination.Unflushed);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_stream_that_may_not_know_them_gets_no_empty_reads(Call call)
    {
        using ScriptedStream source = new([new byte[] { 1 }, [2, 3]]) { Before = token => Task.Delay(1, token) };
        using ScriptedStream destination = new() { Before = token => Task.Delay(1, token) };

        TransferResult result = await Rig.Start(call, source, destination).Within("the transfer");

        Assert.Equal(3, result.BytesWritten);
        Assert.Equal([1, 2, 3], destination.Written);
        Assert.Equal(0, source.EmptyReads);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_waiting_stream_read_is_canceled_with_the_transfer()
    {
        using SocketPair pair = SocketPair.Tcp();
        using CancellationTokenSource cancel = new();
        using ScriptedStream source = new([new byte[] { 1 }]) { Before = token => Task.Delay(Timeout.Infinite, token) };
        Task<TransferResult> transfer = Rig.Start(Call.Async, source, pair.Near, null, cancel.Token);
        await Task.Delay(30);
        cancel.Cancel();

        TransferCanceledException thrown =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", 500));

        Assert.Equal((0, 0), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
        Assert.False(pair.Far.Poll(0, SelectMode.SelectRead));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_stream_that_does_not_heed_its_token_does_not_hold_up_the_cancel()
    {
        using SocketPair pair = SocketPair.Tcp();
        using CancellationTokenSource cancel = new();
        TaskCompletionSource never = new();
        using ScriptedStream source = new([new byte[] { 1 }]) { Before = _ => never.Task };
        Task<TransferResult> transfer = Rig.Start(Call.Async, source, pair.Near, null, cancel.Token);
        await Task.Delay(30);
        cancel.Cancel();

        TransferCanceledException thrown =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", 500));

        Assert.Equal((0, 0), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));

        // The read ends late, into memory that nobody else may have got in the meantime.
        never.SetResult();
        using SocketPair other = SocketPair.Tcp();
        other.Far.Send("other"u8);
        other.Far.Shutdown(SocketShutdown.Send);
        using MemoryStream destination = new();
        await Rig.Start(Call.Async, other.Near, destination).Within("the next transfer");
        Assert.Equal("other"u8.ToArray(), destination.ToArray());
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_waiting_stream_times_out(bool asSource)
    {
        using SocketPair pair = SocketPair.Tcp();
        pair.Far.Send("hello"u8);
        using ScriptedStream stream = new([new byte[] { 1 }]) { Before = token => Task.Delay(Timeout.Infinite, token) };
        TransferOptions options = new() { IdleTimeout = TimeSpan.FromMilliseconds(300) };
        long start = Environment.TickCount64;

        TransferEndpoint source = asSource ? stream : pair.Near;
        TransferEndpoint destination = asSource ? pair.Near : stream;
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(Call.Async, source, destination, options).Within("the timeout"));

        Assert.Equal((Libc.ETimedOut, TransferEnd.IdleTimeout), (thrown.Error, thrown.Progress.EndedBy));
        Assert.InRange(Environment.TickCount64 - start, 290, 450 + 250); // It waits a while for the operation to end.
        Assert.Equal((asSource ? 0 : 5, 0), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, false, true)]
    [InlineData(Call.Sync, true, false)]
    [InlineData(Call.Async, false, true)]
    [InlineData(Call.Async, true, false)]
    public async Task A_stream_that_cannot_do_it_is_refused_by_name(Call call, bool readable, bool writable)
    {
        using ScriptedStream stream = new() { Readable = readable, Writable = writable };
        using MemoryStream other = new();

        ArgumentException thrown = await Assert.ThrowsAsync<ArgumentException>(
            () => readable ? Rig.Start(call, other, stream) : Rig.Start(call, stream, other));

        Assert.Equal(readable ? "destination" : "source", thrown.ParamName);
        Assert.Contains(nameof(ScriptedStream), thrown.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_disposed_stream_is_refused_by_name(Call call)
    {
        MemoryStream disposed = new();
        disposed.Dispose();
        using MemoryStream other = new();

        Assert.Equal("source", (await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => Rig.Start(call, disposed, other))).ObjectName);
        Assert.Equal("destination", (await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => Rig.Start(call, other, disposed))).ObjectName);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_prefix_a_limit_and_a_rate_work_on_streams_too(Call call)
    {
        using MemoryStream source = new(Pattern.Default.Bytes(3, 100_000));
        using ScriptedStream destination = new();
        TransferOptions options = new()
        {
            Prefix = Pattern.Default.Bytes(0, 3),
            LimitBytes = 50_000,
            BytesPerSecond = 200_000,
        };
        long start = Environment.TickCount64;

        TransferResult result = await Rig.Start(call, source, destination, options).Within("the transfer");

        Assert.InRange(Environment.TickCount64 - start, 150, 400);
        Assert.Equal((50_000, 50_003, 0), (result.BytesConsumed, result.BytesWritten, result.LimitRemaining));
        Assert.Equal(50_003, destination.Written.Length);
        Pattern.Default.AssertEqual(destination.Written);
        Assert.Equal(50_000, source.Position);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task The_exception_of_a_stream_is_inside(Call call)
    {
        InvalidDataException error = new("scripted");
        using ScriptedStream source = new([new byte[] { 7 }]) { ReadError = error };
        using MemoryStream destination = new();

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => Rig.Start(call, source, destination).Within("the transfer"));

        Assert.Same(error, thrown.InnerException);
        Assert.Equal((0, TransferSide.Source, 1), (thrown.Error, thrown.Side, thrown.Progress.BytesWritten));
        Assert.Equal([7], destination.ToArray());
    }
}
