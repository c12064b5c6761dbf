// A stream's read that completes while the flow goes about waiting for it: its bytes are in a block that no other flow
// may get.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Plain;

public sealed class StreamRaceTests
{
    // They all draw from one pool of blocks, so that one given back too early is another's at once.
    private const int Transfers = 8;
    private const int Pieces = 2000;
    private const int PieceBytes = 500;

    public enum Completes
    {
        /// <summary>On the flow's own thread, in the flush that comes before every wait.</summary>
        InTheFlush,

        /// <summary>On another one, within microseconds.</summary>
        OnAnotherThread,
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Completes.InTheFlush)]
    [InlineData(Completes.OnAnotherThread)]
    public async Task A_read_that_completes_before_the_wait_keeps_its_block(Completes completes)
    {
        Task[] transfers = [.. Enumerable.Range(0, Transfers).Select(i => TransferAsync(completes, i))];

        await Task.WhenAll(transfers).Within("the transfers");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Both_directions_of_relays_keep_theirs()
    {
        Task[] relays = [.. Enumerable.Range(0, Transfers / 2).Select(RelayAsync)];

        await Task.WhenAll(relays).Within("the relays");
    }

    private static async Task TransferAsync(Completes completes, int index)
    {
        using RacingStream source = new(completes, index);
        using RacingStream destination = new(completes, index) { Flushed = source.Complete };

        TransferResult result = await Transfer.CopyAsync(source, destination);

        Assert.Equal(Pieces * PieceBytes, result.BytesWritten);
        Pattern.Default.AssertEqual(destination.Written, source.Start);
    }

    private static async Task RelayAsync(int index)
    {
        using RacingStream left = new(Completes.OnAnotherThread, 2 * index);
        using RacingStream right = new(Completes.OnAnotherThread, (2 * index) + 1);

        RelayResult result = await Relay.RunAsync(left, right);

        // Neither can be told an end, so the first that ends stops the other one where it is.
        Assert.Equal(
            (right.Written.Length, left.Written.Length),
            (result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
        Assert.Equal(Pieces * PieceBytes, Math.Max(right.Written.Length, left.Written.Length));
        Pattern.Default.AssertEqual(right.Written, left.Start);
        Pattern.Default.AssertEqual(left.Written, right.Start);
    }

    /// <summary>Reads give pieces of the pattern and are never complete at once, but for the first; writes
    /// collect.</summary>
    private sealed class RacingStream(Completes completes, int index) : AsyncStream
    {
        private readonly Random _random = new(index);
        private readonly MemoryStream _written = new();
        private Memory<byte> _buffer;
        private TaskCompletionSource<int>? _read;
        private int _pieces;

        /// <summary>Where its bytes are in the pattern: elsewhere than those of the others.</summary>
        internal long Start { get; } = index * 100_003L;

        /// <summary>Called by every flush.</summary>
        internal Action? Flushed { get; init; }

        internal byte[] Written => _written.ToArray();

        /// <summary>The pending read gets its piece, if there is one; the continuation runs here.</summary>
        internal void Complete()
        {
            if (_read is { } read)
            {
                _read = null;
                read.SetResult(Fill(_buffer.Span));
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // The first one has something written, and what is written is flushed.
            if (_pieces == 0 || _pieces == Pieces)
            {
                return ValueTask.FromResult(Fill(buffer.Span));
            }

            _buffer = buffer;
            TaskCompletionSource<int> read = _read = new TaskCompletionSource<int>();
            if (completes == Completes.OnAnotherThread)
            {
                int spins = _random.Next(40);
                ThreadPool.UnsafeQueueUserWorkItem(
                    _ =>
                    {
                        Thread.SpinWait(spins);
                        Complete();
                    },
                    null);
            }

            return new ValueTask<int>(read.Task);
        }

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            if (completes == Completes.InTheFlush)
            {
                Flushed?.Invoke();
            }

            return Task.CompletedTask;
        }

        private int Fill(Span<byte> buffer)
        {
            if (_pieces == Pieces)
            {
                return 0;
            }

            Assert.InRange(buffer.Length, PieceBytes, int.MaxValue);
            Pattern.Default.Slice(Start + (_pieces++ * (long)PieceBytes), PieceBytes).Span.CopyTo(buffer);
            return PieceBytes;
        }
    }
}
