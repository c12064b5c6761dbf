// What is between two ends, against a queue of bytes: nothing lost, doubled or reordered, and nothing given back that
// the next owner would find bytes in.
using FsCheck;
using FsCheck.Xunit;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Models;

public sealed class TransitTests
{
    [Property(MaxTest = 500)]
    public void What_goes_in_comes_out_once_and_in_order(int seed, PositiveInt steps, bool collects)
    {
        Rig rig = new(seed);
        for (int i = 0; i < steps.Get; i++)
        {
            rig.Step();
            Assert.Equal(rig.Expected.Count > 0, rig.Transit.HasBytes);
        }

        bool isDirty = rig.Transit.OwnPipe is { Pending: > 0 } && !collects;
        int pipes = rig.Kernel.OwnPipes;
        if (collects)
        {
            Assert.Equal(rig.Expected, rig.Transit.Collect());
            Assert.False(rig.Transit.HasBytes);
        }

        bool isClosed = rig.Transit.OwnPipe is not null && (isDirty || rig.IsDistrusted);
        rig.Transit.Release(isLent: false);
        Assert.False(rig.Transit.HoldsAnything);
        Assert.Equal(isClosed ? pipes - 1 : pipes, rig.Kernel.OwnPipes);
        Assert.Equal(0, rig.Resources.Blocks.Rented);
        rig.Resources.Pipes!.Trim();
        Assert.Equal(0, rig.Kernel.OwnPipes);
    }

    [Theory]
    [InlineData(1, BlockPool.SmallBytes)]
    [InlineData(BlockPool.SmallBytes, BlockPool.SmallBytes)]
    [InlineData(BlockPool.SmallBytes + 1, BlockPool.LargeBytes)]
    public void A_stalled_flow_keeps_16_KiB_where_that_is_enough(int bytes, int kept)
    {
        Rig rig = new(0, prefixBytes: 0);
        Assert.True(rig.Transit.TryRentBlock(BlockPool.LargeBytes, isLent: false, orNone: false));
        rig.FillBlock(bytes);
        rig.Transit.Shrink(isLent: true);
        Assert.Equal(BlockPool.LargeBytes, rig.Transit.Block!.Size); // A stream is writing out of it.
        rig.Transit.Shrink(isLent: false);
        Assert.Equal((kept, 1), (rig.Transit.Block!.Size, rig.Resources.Blocks.Rented));
        Assert.Equal(rig.Expected, rig.Transit.Memory.ToArray());

        rig.Transit.Drained(bytes);
        rig.Transit.Shrink(isLent: false);
        Assert.False(rig.Transit.HoldsAnything);
        Assert.Equal(0, rig.Resources.Blocks.Rented);
    }

    [Fact]
    public void What_a_stalled_flow_kept_is_too_small_for_the_next_read()
    {
        Rig rig = new(0, prefixBytes: 0);
        Assert.True(rig.Transit.TryRentBlock(BlockPool.SmallBytes, isLent: false, orNone: false));
        Assert.True(rig.Transit.TryRentBlock(BlockPool.LargeBytes, isLent: false, orNone: false));
        Assert.Equal((BlockPool.LargeBytes, 1), (rig.Transit.Block!.Size, rig.Resources.Blocks.Rented));
    }

    [Fact]
    public void A_block_that_is_lent_is_nobodys_next_one()
    {
        Rig rig = new(0, prefixBytes: 0);
        Assert.True(rig.Transit.TryRentBlock(BlockPool.LargeBytes, isLent: false, orNone: false));
        Block lent = rig.Transit.Block!;
        rig.Transit.ReleaseBlock(isLent: true);
        Assert.True(rig.Transit.TryRentBlock(BlockPool.LargeBytes, isLent: false, orNone: false));
        Block own = rig.Transit.Block!;
        Assert.NotSame(lent, own);
        rig.Transit.ReleaseBlock(isLent: false);
        Assert.True(rig.Transit.TryRentBlock(BlockPool.LargeBytes, isLent: false, orNone: false));
        Assert.Same(own, rig.Transit.Block);
    }

    [Fact]
    public void When_memory_is_spent_it_does_without_or_has_the_least()
    {
        Rig rig = new(0, prefixBytes: 0, new BlockBudget(0, 0));
        Assert.False(rig.Transit.TryRentBlock(BlockPool.LargeBytes, isLent: false, orNone: true));
        Assert.False(rig.Transit.HoldsAnything);
        Assert.True(rig.Transit.TryRentBlock(BlockPool.LargeBytes, isLent: false, orNone: false));
        Assert.Equal(BlockPool.LeastBytes, rig.Transit.Block!.Size);
    }

    private sealed class Rig
    {
        private readonly Random _random;
        private int _next;

        internal Rig(int seed, int? prefixBytes = null, BlockBudget? blocks = null)
        {
            _random = new Random(seed);
            Kernel = new QueueKernel(_random);
            Resources = new MoveResources(
                Kernel,
                new PageBudget(1000),
                blocks ?? new BlockBudget(long.MaxValue, long.MaxValue),
                new FlowTotals(isShared: false));
            byte[] prefix = Fresh(prefixBytes ?? _random.Next(3) * 50);
            Transit = new Transit(Resources, prefix);
        }

        internal QueueKernel Kernel { get; }

        internal MoveResources Resources { get; }

        // Not a property: a copy of it would be changed.
        internal Transit Transit;

        /// <summary>What is in transit.</summary>
        internal Queue<byte> Expected { get; } = new();

        internal bool IsDistrusted { get; private set; }

        internal void Step()
        {
            switch (_random.Next(8))
            {
                case 0:
                    Shrink();
                    break;
                case 1 when _random.Next(4) == 0:
                    Transit.Distrust();
                    IsDistrusted |= Transit.OwnPipe is not null;
                    break;
                case < 5 when Expected.Count == 0:
                    Fill();
                    break;
                case 5 when Transit.Memory.IsEmpty && Transit.OwnPipe is { Pending: > 0 }:
                    Assert.InRange(Transit.ReadBack().Count, 1, Expected.Count);
                    break;
                default:
                    Drain();
                    break;
            }
        }

        internal void FillBlock(int count)
        {
            Fresh(count).CopyTo(Transit.Block!.Memory);
            Transit.FilledBlock(count);
        }

        private void Fill()
        {
            if (_random.Next(2) == 0 || IsDistrusted)
            {
                int asked = _random.Next(2) == 0 ? BlockPool.LargeBytes : _random.Next(1, BlockPool.LargeBytes);
                Assert.True(Transit.TryRentBlock(asked, isLent: false, orNone: _random.Next(2) == 0));
                Assert.InRange(Transit.Block!.Size, asked, BlockPool.LargeBytes);
                FillBlock(_random.Next(1, asked + 1));
                return;
            }

            bool hadPipe = Transit.OwnPipe is not null;
            Assert.True(Transit.TryRentPipe(nowMs: 0, insist: false, out int error));
            Assert.Equal(0, error);
            IsDistrusted &= hadPipe;
            byte[] bytes = new byte[_random.Next(1, QueueKernel.CapacityBytes + 1)];
            _random.NextBytes(bytes);
            Moved written = Write(Transit.OwnPipe!.WriteEnd, bytes);
            Array.ForEach(bytes[..written.Count], Expected.Enqueue);
            Transit.FilledPipe(written.Count);
        }

        private void Drain()
        {
            if (Expected.Count == 0)
            {
                return;
            }

            ReadOnlySpan<byte> memory = Transit.Memory.Span;
            byte[] bytes = new byte[_random.Next(1, (memory.IsEmpty ? Transit.OwnPipe!.Pending : memory.Length) + 1)];
            int count = bytes.Length;
            if (memory.IsEmpty)
            {
                count = Read(Transit.OwnPipe!.ReadEnd, bytes).Count;
            }
            else
            {
                memory[..count].CopyTo(bytes);
            }

            for (int i = 0; i < count; i++)
            {
                Assert.Equal(Expected.Dequeue(), bytes[i]);
            }

            Transit.Drained(count);
        }

        private void Shrink()
        {
            Transit.Shrink(isLent: false);
            Assert.NotEqual(0, Transit.Block?.Pending);
            Assert.NotEqual(0, Transit.OwnPipe?.Pending);
            Assert.True(Transit.Block is not { Size: > BlockPool.SmallBytes, Pending: <= BlockPool.SmallBytes });
            IsDistrusted &= Transit.OwnPipe is not null;
        }

        private byte[] Fresh(int count)
        {
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++)
            {
                bytes[i] = (byte)_next++;
                Expected.Enqueue(bytes[i]);
            }

            return bytes;
        }

        private unsafe Moved Write(BorrowedFd writeEnd, byte[] bytes)
        {
            fixed (byte* start = bytes)
            {
                return Kernel.WritePipe(writeEnd, start, bytes.Length);
            }
        }

        private unsafe Moved Read(BorrowedFd readEnd, byte[] bytes)
        {
            fixed (byte* start = bytes)
            {
                return Kernel.ReadPipe(readEnd, start, bytes.Length);
            }
        }
    }
}
