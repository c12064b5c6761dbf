using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class BlockBudgetTests
{
    private const int Kib = 1024;

    /// <summary>Two pools of one budget, as two loops have it, against a model that counts.</summary>
    [Property(MaxTest = 300)]
    public void What_is_counted_is_what_there_is_and_never_passes_the_second_mark(
        PositiveInt firstKib, PositiveInt moreKib, PositiveInt turns, int seed)
    {
        Random random = new(seed);
        long first = firstKib.Get * 8L * Kib;
        long second = first + (moreKib.Get * 8L * Kib);
        BlockBudget budget = new(first, second);
        BlockPool[] pools = [PoolOf(budget), PoolOf(budget)];
        List<(Block Block, BlockPool Pool)> rented = [];
        int leastEver = 0;
        for (int turn = 0; turn < turns.Get * 20; turn++)
        {
            BlockPool pool = pools[random.Next(2)];
            if (random.Next(2) == 0 && rented.Count > 0)
            {
                int at = random.Next(rented.Count);
                rented[at].Pool.Return(rented[at].Block);
                rented.RemoveAt(at);
            }
            else if (random.Next(8) == 0)
            {
                rented.Add((pool.RentLeast(), pool));
                leastEver = Math.Max(leastEver, rented.Count(held => held.Block.Size == BlockPool.LeastBytes));
            }
            else
            {
                bool small = random.Next(2) == 0;
                bool wasTight = budget.IsTight;
                bool wasSpent = budget.IsSpent;
                Block? block = pool.TryRent(small);
                Assert.True(block is not null || wasSpent || !(small || wasTight), "refused though there is room");
                Assert.True(block is null || block.Size == BlockPool.SmallBytes || !(small || wasTight), "too large");
                if (block is not null)
                {
                    rented.Add((block, pool));
                }
            }

            long held = rented.Sum(held => (long)held.Block.Size);
            Assert.InRange(budget.Bytes, held, second + ((leastEver + 2L) * BlockPool.LeastBytes));
            Assert.InRange(budget.Bytes - held, 0, (first / 2) + (4L * BlockPool.LargeBytes));
            Assert.All(rented, held => Assert.Equal(0, held.Block.Pending));
        }

        rented.ForEach(held => held.Pool.Return(held.Block));
        Assert.All(pools, pool => Assert.Equal(0, pool.Rented));
        Array.ForEach(pools, pool => pool.Trim());
        Assert.Equal(0, budget.Bytes);
    }

    [Fact]
    public async Task Threads_together_never_rent_more_than_the_budget()
    {
        const int SecondMark = 10 * BlockPool.SmallBytes;
        BlockBudget budget = new(0, SecondMark);
        int held = 0;
        int granted = 0;
        Task[] threads = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            BlockPool pool = PoolOf(budget);
            for (int i = 0; i < 2_000; i++)
            {
                Block?[] blocks = [pool.TryRent(small: false), pool.TryRent(small: true), pool.TryRent(small: true)];
                foreach (Block block in blocks.OfType<Block>())
                {
                    Assert.InRange(Interlocked.Add(ref held, block.Size), block.Size, SecondMark);
                    _ = Interlocked.Increment(ref granted);
                    _ = Interlocked.Add(ref held, -block.Size);
                    pool.Return(block);
                }
            }

            pool.Trim();
        }))];
        await Task.WhenAll(threads).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, budget.Bytes);
        Assert.True(granted > 0);
    }

    [Fact]
    public void A_block_that_a_stream_has_not_finished_with_counts_until_it_is_collected()
    {
        BlockBudget budget = new(long.MaxValue, long.MaxValue);
        BlockPool pool = PoolOf(budget);
        Memory<byte>[] stream = [default];
        Abandon(pool, stream);
        Collect();
        Assert.Equal(0, pool.Rented);
        Assert.Equal(BlockPool.LargeBytes, budget.Bytes);
        stream[0] = default; // The stream is done with it.
        Collect();
        Assert.Equal(0, budget.Bytes);
    }

    [Theory]
    [InlineData(800, null, null, 100, 200)]
    [InlineData(800, "50", null, 50, 200)]
    [InlineData(800, 300L, null, 300, 300)]
    [InlineData(800, null, 10, 10, 10)]
    [InlineData(800, "0", "0", 0, 0)]
    [InlineData(0, null, null, long.MaxValue / 8, long.MaxValue / 4)]
    public void Marks_are_parts_of_what_the_collector_may_use_or_what_is_set(
        long available, object? first, object? second, long firstMark, long secondMark)
    {
        BlockBudget budget = BlockBudget.Make(available, first, second);
        Assert.Equal((firstMark, secondMark), (budget.FirstMark, budget.SecondMark));
    }

    [Theory]
    [InlineData("much", null, "Zerocopy.BlockBytesFirstMark is 'much'; it must be a number of bytes")]
    [InlineData(null, -1, "Zerocopy.BlockBytesSecondMark is '-1'; it must be a number of bytes")]
    [InlineData("3", "2", "Zerocopy.BlockBytesFirstMark is '3'; it must be at most Zerocopy.BlockBytesSecondMark")]
    public void A_wrong_setting_is_named(object? first, object? second, string message)
        => Assert.Contains(
            message,
            Assert.Throws<InvalidOperationException>(() => BlockBudget.Make(800, first, second)).Message,
            StringComparison.Ordinal);

    private static BlockPool PoolOf(BlockBudget budget) => new(budget, new FlowTotals(isShared: false));

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Abandon(BlockPool pool, Memory<byte>[] stream)
    {
        Block block = pool.TryRent(small: false)!;
        pool.Abandon(block);
        stream[0] = block.Memory;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
