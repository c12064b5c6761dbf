namespace Zerocopy;

/// <summary>A bounded cache of blocks in two sizes. The last one returned is the next one rented, so a loop that
/// reads and writes at once always works in the same hot 64 KiB.</summary>
internal sealed class BlockPool
{
    /// <summary>What one read may take; a read that fills it promotes the flow to splice.</summary>
    internal const int LargeBytes = 64 * 1024;

    /// <summary>What a stalled flow keeps, and what a flow reads at once that was refused a pipe.</summary>
    internal const int SmallBytes = 16 * 1024;

    private const int LargeIdleMax = 64;
    private const int SmallIdleMax = 256;

    private readonly Lock _lock = new();
    private readonly Block[] _large = new Block[LargeIdleMax];
    private readonly Block[] _small = new Block[SmallIdleMax];
    private int _largeCount;
    private int _smallCount;
    private int _rented;

    /// <summary>Blocks that are out. For tests: everything comes back.</summary>
    internal int Rented => Volatile.Read(ref _rented);

    internal Block Rent(bool small)
    {
        lock (_lock)
        {
            _rented++;
            if (small ? _smallCount > 0 : _largeCount > 0)
            {
                return small ? _small[--_smallCount] : _large[--_largeCount];
            }
        }

        return new Block(small ? SmallBytes : LargeBytes);
    }

    internal void Return(Block block)
    {
        block.Clear();
        lock (_lock)
        {
            _rented--;
            if (block.Size == LargeBytes && _largeCount < LargeIdleMax)
            {
                _large[_largeCount++] = block;
                return;
            }

            if (block.Size == SmallBytes && _smallCount < SmallIdleMax)
            {
                _small[_smallCount++] = block;
                return;
            }
        }
    }

    /// <summary>Gives up a block that an unfinished operation of a stream still owns: it must never be pooled. Its
    /// memory is the collector's, once that operation has let go of it.</summary>
    internal void Abandon(Block block)
    {
        _ = block;
        lock (_lock)
        {
            _rented--;
        }
    }
}
