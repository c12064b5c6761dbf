// A transfer that is stopped while a read and a flush of its streams still go on: both end before the result is told,
// and what the read brought is neither lost nor taken for written.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Relays;

namespace Zerocopy.Conformance.Plain;

public sealed class StreamStopTests
{
    private const int FirstBytes = 500;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(300, true)]
    [InlineData(300, false)]
    [InlineData(700, true)]
    [InlineData(700, false)]
    public async Task A_flush_that_succeeds_late_is_no_write(int lateBytes, bool readIsFirst)
    {
        using LateStream source = new();
        using LateStream destination = new();
        using CancellationTokenSource cancel = new();
        Task<TransferResult> transfer = Transfer.CopyAsync(
            source, destination, new TransferOptions { KeepUndelivered = true }, cancel.Token).AsTask();
        await source.IsReadPending.Within("the second read");
        await destination.IsFlushPending.Within("the flush");

        cancel.Cancel();
        if (readIsFirst)
        {
            source.CompleteRead(lateBytes);
            await Task.Delay(20);
            destination.CompleteFlush();
        }
        else
        {
            destination.CompleteFlush();
            await Task.Delay(20);
            source.CompleteRead(lateBytes);
        }

        TransferCanceledException stopped = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the transfer"));
        Assert.Equal(FirstBytes, stopped.Progress.BytesWritten);
        Assert.Equal(FirstBytes, destination.Written.Length);
        Pattern.Default.AssertEqual(destination.Written, 0);
        Assert.Equal(lateBytes, stopped.Undelivered.Length);
        Pattern.Default.AssertEqual(stopped.Undelivered.ToArray(), FirstBytes);
    }

    // While there is nothing to read, a read of no bytes goes on in it, and a TLS stream allows one read at a time.
    [Fact(Timeout = Deadline.Ms)]
    public async Task Whoever_cancels_may_read_on_from_the_same_TLS_stream_at_once()
    {
        using TlsPair tls = await TlsPair.Connect();
        byte[] buffer = new byte[10];
        for (int round = 0; round < 100; round++)
        {
            using CancellationTokenSource cancel = new();
            ValueTask<TransferResult> transfer = Transfer.CopyAsync(
                tls.Near, Stream.Null, cancellationToken: cancel.Token);
            await Task.Delay(1);
            cancel.CancelAfter(0);
            try
            {
                _ = await transfer;
                Assert.Fail("not cancelled");
            }
            catch (TransferCanceledException)
            {
                // Read below, on the same thread.
            }

            ValueTask<int> read = tls.Near.ReadAsync(buffer);
            await tls.Far.WriteAsync("on"u8.ToArray());
            Assert.Equal(2, await read.AsTask().Within("the read"));
        }
    }

    /// <summary>The first read is complete at once, the next one and every flush when the test says so, whatever their
    /// token says.</summary>
    private sealed class LateStream : AsyncStream
    {
        private readonly TaskCompletionSource _readIsPending = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _flushIsPending =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<int> _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _flush = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MemoryStream _written = new();
        private Memory<byte> _buffer;
        private bool _hasRead;

        internal Task IsReadPending => _readIsPending.Task;

        internal Task IsFlushPending => _flushIsPending.Task;

        internal byte[] Written => _written.ToArray();

        internal void CompleteRead(int count)
        {
            Pattern.Default.Slice(FirstBytes, count).Span.CopyTo(_buffer.Span);
            _read.SetResult(count);
        }

        internal void CompleteFlush() => _flush.SetResult();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasRead)
            {
                _hasRead = true;
                Pattern.Default.Slice(0, FirstBytes).Span.CopyTo(buffer.Span);
                return ValueTask.FromResult(FirstBytes);
            }

            _buffer = buffer;
            _readIsPending.TrySetResult();
            return new ValueTask<int>(_read.Task);
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            _flushIsPending.TrySetResult();
            return _flush.Task;
        }
    }
}
