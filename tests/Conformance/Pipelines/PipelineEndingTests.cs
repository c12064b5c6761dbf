// How a transfer with a pipeline ends otherwise: nothing is lost, and whose fault it was is named.
using System.Buffers;
using System.IO.Pipelines;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipelines;

public sealed class PipelineEndingTests
{
    private const int EPIPE = 32;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancelled_transfer_leaves_the_rest_in_the_reader(bool isAsync)
    {
        System.IO.Pipelines.Pipe pipe = new();
        using SocketPair pair = SocketPair.Tcp();
        using CancellationTokenSource stop = new();
        await pipe.Writer.WriteAsync(Pattern.Default.Slice(0, 5_000));
        Task<TransferResult> transfer = isAsync
            ? Transfer.CopyAsync(pipe.Reader, pair.Near, cancellationToken: stop.Token).AsTask()
            : Deadline.OnThread(() => Transfer.Copy(pipe.Reader, pair.Near, cancellationToken: stop.Token));
        Pattern.Default.AssertEqual(await Peer.ReadExactly(pair.Far, 5_000).Within("the first bytes"));
        await stop.CancelAsync();
        TransferCanceledException e = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the cancel"));
        Assert.Equal((5_000, 5_000), (e.Progress.BytesConsumed, e.Progress.BytesWritten));
        await pipe.Writer.WriteAsync(Pattern.Default.Slice(5_000, 100));
        ReadResult rest = await pipe.Reader.ReadAsync();
        Pattern.Default.AssertEqual(rest.Buffer.ToArray(), 5_000);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task What_was_read_and_could_not_be_written_is_undelivered()
    {
        System.IO.Pipelines.Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        using SocketPair pair = SocketPair.Connect(Family.Tcp, bufferBytes: 4096);
        using CancellationTokenSource stop = new();
        await pipe.Writer.WriteAsync(Pattern.Default.Slice(0, 1_000_000));
        Task<TransferResult> transfer = Transfer.CopyAsync(
            pipe.Reader, pair.Near, new TransferOptions { KeepUndelivered = true }, stop.Token).AsTask();
        await Deadline.Until("some bytes are there", () => pair.Far.Available > 1_000);
        await stop.CancelAsync();
        TransferCanceledException e = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the cancel"));
        long written = e.Progress.BytesWritten;
        Assert.Equal(e.Progress.BytesConsumed, written + e.Undelivered.Length);
        Pattern.Default.AssertEqual(e.Undelivered.Span, written);
        ReadResult rest = await pipe.Reader.ReadAsync();
        Assert.Equal(1_000_000 - e.Progress.BytesConsumed, rest.Buffer.Length);
        Pattern.Default.AssertEqual(rest.Buffer.ToArray(), e.Progress.BytesConsumed);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Who_completed_the_other_side_with_an_exception_is_the_cause()
    {
        System.IO.Pipelines.Pipe pipe = new();
        using SocketPair pair = SocketPair.Tcp();
        await pipe.Writer.CompleteAsync(new InvalidDataException("upstream"));
        TransferException e = await Assert.ThrowsAsync<TransferException>(
            () => Transfer.CopyAsync(pipe.Reader, pair.Near).Within("the transfer"));
        Assert.Equal((TransferSide.Source, 0, "ReadAsync"), (e.Side, e.Error, e.Operation));
        Assert.IsType<InvalidDataException>(e.InnerException);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_writer_whose_reader_has_gone_is_a_broken_pipe()
    {
        System.IO.Pipelines.Pipe pipe = new();
        using SocketPair pair = SocketPair.Tcp();
        await pipe.Reader.CompleteAsync();
        Task<TransferResult> transfer = Transfer.CopyAsync(pair.Near, pipe.Writer).AsTask();
        pair.Far.Send(new byte[10]);
        await Deadline.Until("taken", () => pair.Near.Available == 0);
        pair.Far.Send(new byte[10]);
        TransferException e = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
        Assert.Equal((TransferSide.Destination, EPIPE, "EPIPE"), (e.Side, e.Error, e.ErrorName));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_writer_that_is_completed_fails_and_nothing_is_lost()
    {
        System.IO.Pipelines.Pipe pipe = new();
        using SocketPair pair = SocketPair.Tcp();
        await pipe.Writer.CompleteAsync();
        pair.Far.Send("1234567"u8);
        TransferException e = await Assert.ThrowsAsync<TransferException>(
            () => Transfer.CopyAsync(pair.Near, pipe.Writer, new TransferOptions { KeepUndelivered = true })
                .Within("the transfer"));
        Assert.Equal(TransferSide.Destination, e.Side);
        Assert.IsType<InvalidOperationException>(e.InnerException);
        Assert.Equal("1234567"u8, e.Undelivered.Span);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_read_or_a_flush_that_its_owner_cancels_ends_the_transfer()
    {
        System.IO.Pipelines.Pipe source = new();
        System.IO.Pipelines.Pipe full = new(new PipeOptions(pauseWriterThreshold: 1_000, resumeWriterThreshold: 1));
        using SocketPair pair = SocketPair.Tcp();
        Task<TransferResult> reading = Transfer.CopyAsync(source.Reader, pair.Near).AsTask();
        Task<TransferResult> flushing = Transfer.CopyAsync(pair.Far, full.Writer).AsTask();
        await source.Writer.WriteAsync(Pattern.Default.Slice(0, 10_000));
        await Deadline.Until("both wait", () => pair.Far.Available == 0);
        await Task.Delay(50);
        source.Reader.CancelPendingRead();
        full.Writer.CancelPendingFlush();
        TransferException read = await Assert.ThrowsAsync<TransferException>(() => reading.Within("the reader"));
        TransferException flush = await Assert.ThrowsAsync<TransferException>(() => flushing.Within("the writer"));
        Assert.Equal((TransferSide.Source, TransferSide.Destination), (read.Side, flush.Side));
        Assert.IsType<OperationCanceledException>(read.InnerException);
        Assert.IsType<OperationCanceledException>(flush.InnerException);
        Assert.Equal(flush.Progress.BytesConsumed, flush.Progress.BytesWritten);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_relay_that_fails_completes_what_it_owns_and_who_reads_on_learns_it()
    {
        (Duplex near, Duplex far) = Duplex.Pair();
        using SocketPair pair = SocketPair.Tcp();
        Task<RelayResult> relay = Relay.RunAsync(
            TransferEndpoint.FromDuplexPipe(near), pair.Near, new RelayOptions { CloseEndpoints = true }).AsTask();
        pair.Far.Send("1"u8);
        ReadResult first = await far.Input.ReadAsync();
        far.Input.AdvanceTo(first.Buffer.End);
        pair.Far.Close(0);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.RightFailed, RelaySide.Right), (result.EndedBy, result.EndedFirst));
        IOException cut = await Assert.ThrowsAsync<IOException>(async () => await far.Input.ReadAsync());
        Assert.Contains("cut off", cut.Message);
        Assert.True((await far.Output.FlushAsync()).IsCompleted);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task What_a_pipeline_cannot_do_is_refused_by_name()
    {
        System.IO.Pipelines.Pipe pipe = new();
        using SocketPair pair = SocketPair.Tcp();
        Refused("destination", "PipeReader", () => Transfer.Copy(pair.Near, pipe.Reader));
        Refused("source", "PipeWriter", () => Transfer.Copy(pipe.Writer, pair.Near));
        Refused("left", "PipeReader", () => Relay.Start(pipe.Reader, pair.Near));
        Refused("right", "PipeWriter", () => Relay.Start(pair.Near, pipe.Writer));
        Refused("source", "Input", () => Transfer.Copy(TransferEndpoint.FromDuplexPipe(new Empty()), pair.Near));
        NotSupportedException e = await Assert.ThrowsAsync<NotSupportedException>(
            () => Transfer.CopyAsync(
                pipe.Reader, pair.Near, new TransferOptions { Mode = TransferMode.RequireZeroCopy }).AsTask());
        Assert.Contains("System.IO.Pipelines", e.Message);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task One_that_brings_nothing_and_no_end_is_asked_again_and_can_be_cancelled()
    {
        using SocketPair pair = SocketPair.Tcp();
        using CancellationTokenSource stop = new();
        Task<TransferResult> transfer = Transfer.CopyAsync(
            new Nothing(), pair.Near, cancellationToken: stop.Token).AsTask();
        await Task.Delay(50);
        Assert.False(transfer.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(nameof(Throwing.ReadAsync))]
    [InlineData(nameof(Throwing.AdvanceTo))]
    public async Task A_reader_that_throws_ends_this_transfer_and_nothing_else(string where)
    {
        using SocketPair pair = SocketPair.Tcp();
        TransferException e = await Assert.ThrowsAsync<TransferException>(
            () => Transfer.CopyAsync(new Throwing(where), pair.Near).Within("the transfer"));
        Assert.IsType<InvalidTimeZoneException>(e.InnerException);
        Assert.Equal(where == nameof(Throwing.ReadAsync) ? 0 : 3, e.Progress.BytesWritten);
    }

    private static void Refused(string parameter, string what, Func<object> call)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(parameter, () => call());
        Assert.Contains(what, e.Message);
    }

    private sealed class Empty : IDuplexPipe
    {
        public PipeReader Input => null!;

        public PipeWriter Output => null!;
    }

    private class Nothing : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed)
        {
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => default;

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return true;
        }
    }

    private sealed class Throwing(string where) : Nothing
    {
        public override void AdvanceTo(SequencePosition consumed) => ThrowAt(nameof(AdvanceTo));

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ThrowAt(nameof(ReadAsync));
            return new(new ReadResult(new ReadOnlySequence<byte>(new byte[3]), isCanceled: false, isCompleted: false));
        }

        private void ThrowAt(string here)
        {
            if (here == where)
            {
                throw new InvalidTimeZoneException(here);
            }
        }
    }
}
