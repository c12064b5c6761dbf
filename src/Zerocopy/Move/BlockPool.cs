using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>A bounded cache of blocks in three sizes, within the budget of the process. The last one returned is the
/// next one rented, so a loop that reads and writes at once always works in the same hot 64 KiB.</summary>
internal sealed class BlockPool(BlockBudget budget, FlowTotals totals)
{
    /// <summary>What one read may take; a read that fills it promotes the flow to splice.</summary>
    internal const int LargeBytes = 64 * 1024;

    /// <summary>What a stalled flow keeps, and what a flow reads at once that was refused a pipe, or when memory is
    /// tight.</summary>
    internal const int SmallBytes = 16 * 1024;

    /// <summary>What a flow has that cannot do without, when the budget is spent.</summary>
    internal const int LeastBytes = 4 * 1024;

    private const int LargeIdleMax = 64;
    private const int SmallIdleMax = 64;
    private const int LeastIdleMax = 32;

    // An array that a stream has not finished with, and what uncounts it: both become garbage together.
    private static readonly ConditionalWeakTable<byte[], Abandoned> s_abandoned = [];

    private readonly Lock _lock = new();
    private readonly Stack<Block> _large = new(LargeIdleMax);
    private readonly Stack<Block> _small = new(SmallIdleMax);
    private readonly Stack<Block> _least = new(LeastIdleMax);
    private Block? _scratch;
    private int _rented;

    /// <summary>Blocks that are out. For tests: everything comes back.</summary>
    internal int Rented => Volatile.Read(ref _rented);

    /// <inheritdoc cref="BlockBudget.IsTight"/>
    internal bool IsTight => budget.IsTight;

    /// <inheritdoc cref="BlockBudget.IsSpent"/>
    internal bool IsSpent => budget.IsSpent;

    /// <summary>Takes a block, a small one also where memory is tight.</summary>
    /// <returns>Null if the budget is spent, or the collector has nothing left.</returns>
    internal Block? TryRent(bool small)
    {
        small |= budget.IsTight;
        lock (_lock)
        {
            if ((small ? _small : _large).TryPop(out Block? idle))
            {
                _rented++;
                return idle;
            }
        }

        return TryMake(small);
    }

    /// <summary>Takes the least, whatever the budget says: for who can neither do without nor wait.</summary>
    /// <exception cref="OutOfMemoryException">Not even that is there; nothing has changed.</exception>
    internal Block RentLeast()
    {
        lock (_lock)
        {
            if (_least.TryPop(out Block? idle))
            {
                _rented++;
                return idle;
            }
        }

        budget.Reserve(LeastBytes);
        return Make(LeastBytes);
    }

    /// <summary>Takes the block that bytes are looked at in. It goes back before the step ends, so there is one for
    /// each thread that moves bytes at this moment: one for a loop.</summary>
    /// <exception cref="OutOfMemoryException">It is not there; nothing has changed.</exception>
    internal Block RentScratch()
    {
        lock (_lock)
        {
            if (_scratch is { } idle)
            {
                _scratch = null;
                _rented++;
                return idle;
            }
        }

        budget.Reserve(LargeBytes);
        return Make(LargeBytes);
    }

    internal void Return(Block block)
    {
        block.Clear();
        lock (_lock)
        {
            _rented--;
            if (TryKeep(block))
            {
                return;
            }
        }

        Uncount(block.Size);
    }

    internal void ReturnScratch(Block scratch)
    {
        lock (_lock)
        {
            if (_scratch is null)
            {
                _rented--;
                _scratch = scratch;
                return;
            }
        }

        Return(scratch);
    }

    /// <summary>Gives up a block that an unfinished operation of a stream still owns: it must never be pooled. Its
    /// memory is the collector's, once that operation has let go of it, and counts until then.</summary>
    internal void Abandon(Block block)
    {
        s_abandoned.Add(block.Array, new Abandoned(this, block.Size));
        lock (_lock)
        {
            _rented--;
        }
    }

    /// <summary>Lets go of what is cached.</summary>
    internal void Trim()
    {
        lock (_lock)
        {
            Drop(_large);
            Drop(_small);
            Drop(_least);
            if (_scratch is { } scratch)
            {
                _scratch = null;
                Uncount(scratch.Size);
            }
        }
    }

    private Block? TryMake(bool small)
    {
        if (small && budget.IsTight)
        {
            lock (_lock)
            {
                Drop(_large); // Nobody takes these until there is room again.
            }
        }

        int size = small ? SmallBytes : LargeBytes;
        if (!budget.TryReserve(size))
        {
            return null;
        }

        try
        {
            return Make(size);
        }
        catch (OutOfMemoryException)
        {
            return null; // As if the budget were spent: who cannot do without takes the least, or fails by that.
        }
    }

    /// <summary>Makes a block whose bytes are reserved, or releases them.</summary>
    private Block Make(int size)
    {
        Block? block = null;
        try
        {
            block = new Block(size);
        }
        finally
        {
            if (block is null)
            {
                budget.Release(size);
            }
        }

        totals.AddBlockBytes(size);
        lock (_lock)
        {
            _rented++;
        }

        return block;
    }

    /// <summary>Where caches may not grow, one of each size that is rented is kept all the same: it goes from flow to
    /// flow of a loop.</summary>
    private bool TryKeep(Block block)
    {
        (Stack<Block> idle, int idleMax) = block.Size switch
        {
            LargeBytes => (_large, LargeIdleMax),
            SmallBytes => (_small, SmallIdleMax),
            _ => (_least, LeastIdleMax),
        };
        bool isRented = block.Size != LargeBytes || !budget.IsTight;
        if (idle.Count >= idleMax || !(budget.MayCache || (isRented && idle.Count == 0)))
        {
            return false;
        }

        idle.Push(block);
        return true;
    }

    private void Drop(Stack<Block> idle)
    {
        while (idle.TryPop(out Block? block))
        {
            Uncount(block.Size);
        }
    }

    private void Uncount(int bytes)
    {
        budget.Release(bytes);
        totals.AddBlockBytes(-bytes);
    }

    private sealed class Abandoned(BlockPool pool, int bytes)
    {
        ~Abandoned() => pool.Uncount(bytes);
    }
}
