using System.Diagnostics;

namespace Zerocopy;

/// <summary>What the flows of one place have done so far, added up for <see cref="ZerocopyMeter"/>: one object for each
/// loop, and one that sync calls and the thread pool share.</summary>
/// <remarks>Always counted, whether or not anybody listens: it is an addition beside a system call, and whoever comes
/// late sees everything. A loop's counts are written by its own thread alone, so nothing is locked; only what begins on
/// a caller's thread is.</remarks>
/// <param name="isShared">Several threads count at once.</param>
internal sealed class FlowTotals(bool isShared)
{
    private static readonly int s_routes = Enum.GetValues<TransferMechanism>().Length;
    private static readonly int s_pieces = Enum.GetValues<FilePiece>().Length;

    private readonly long[] _bytes = new long[s_routes]; // ReadWrite: from memory, whatever the flow's route.
    private readonly long[] _pieces = new long[s_pieces]; // By FilePiece.
    private long _promotions;
    private long _demotions;
    private long _idleCloses;
    private long _peeks;
    private long _peekedBytes;
    private long _blockBytes;
    private int _transfers;
    private int _relays;
    private int _pipes;
    private int _pooledPipes;
    private long _destroyedPipes;

    internal long Promotions => Volatile.Read(ref _promotions);

    internal long Demotions => Volatile.Read(ref _demotions);

    internal long IdleCloses => Volatile.Read(ref _idleCloses);

    /// <summary>How often bytes were written that were only looked at, the budget of blocks being spent.</summary>
    internal long Peeks => Volatile.Read(ref _peeks);

    internal long PeekedBytes => Volatile.Read(ref _peekedBytes);

    /// <summary>Memory of the blocks there are, whoever holds them.</summary>
    internal long BlockBytes => Volatile.Read(ref _blockBytes);

    internal int ActiveTransfers => Volatile.Read(ref _transfers);

    internal int ActiveRelays => Volatile.Read(ref _relays);

    /// <summary>Idle in the pool.</summary>
    internal int PooledPipes => Volatile.Read(ref _pooledPipes);

    /// <summary>Held by flows. The two counts are not read at once, hence the limit.</summary>
    internal int PipesInUse => Math.Max(Volatile.Read(ref _pipes) - PooledPipes, 0);

    internal long DestroyedPipes => Volatile.Read(ref _destroyedPipes);

    /// <summary>Bytes that a mechanism's own call has written; of <see cref="TransferMechanism.ReadWrite"/> what was
    /// written from memory.</summary>
    internal long BytesOf(TransferMechanism route) => Volatile.Read(ref _bytes[(int)route]);

    internal void AddBytes(TransferMechanism route, int count) => Add(ref _bytes[(int)route], count);

    /// <summary>How often a loop was about to send a piece of a file, by what became of it.</summary>
    internal long PiecesOf(FilePiece piece) => Volatile.Read(ref _pieces[(int)piece]);

    internal void AddPiece(FilePiece piece) => Add(ref _pieces[(int)piece], 1);

    internal void AddPeeked(int count)
    {
        Add(ref _peeks, 1);
        Add(ref _peekedBytes, count);
    }

    /// <summary>Negative for blocks that are let go. On any thread: the collector's too.</summary>
    internal void AddBlockBytes(int change) => Interlocked.Add(ref _blockBytes, change);

    internal void AddPromotion() => Add(ref _promotions, 1);

    internal void AddDemotion() => Add(ref _demotions, 1);

    internal void TransferBegan() => Interlocked.Increment(ref _transfers);

    /// <summary>Before its result is published: who has awaited it finds it counted.</summary>
    internal void TransferEnded(bool wasIdle)
    {
        int left = Interlocked.Decrement(ref _transfers);
        Debug.Assert(left >= 0);
        Add(ref _idleCloses, wasIdle ? 1 : 0);
    }

    internal void RelayBegan() => Interlocked.Increment(ref _relays);

    /// <inheritdoc cref="TransferEnded"/>
    internal void RelayEnded(bool wasIdle)
    {
        int left = Interlocked.Decrement(ref _relays);
        Debug.Assert(left >= 0);
        Add(ref _idleCloses, wasIdle ? 1 : 0);
    }

    internal void PipeMade() => Interlocked.Increment(ref _pipes);

    internal void PipeDestroyed()
    {
        _ = Interlocked.Increment(ref _destroyedPipes);
        int left = Interlocked.Decrement(ref _pipes);
        Debug.Assert(left >= 0);
    }

    /// <summary>Into the pool (1) or out of it (-1), under the pool's lock.</summary>
    internal void PipePooled(int change) => Volatile.Write(ref _pooledPipes, _pooledPipes + change);

    private void Add(ref long total, long more)
    {
        if (isShared)
        {
            _ = Interlocked.Add(ref total, more);
        }
        else
        {
            Volatile.Write(ref total, total + more); // Whole for every reader, also where a word has 32 bits.
        }
    }
}
