using System.Diagnostics;

namespace Zerocopy;

/// <summary>Memory for bytes in transit: what was read and is not yet written.</summary>
/// <remarks>A pinned array: its address never changes, streams take it as it is, and one that a stream's unfinished
/// operation still owns can simply be left to the collector. Or memory of an end, a pipeline's, which lends it.</remarks>
internal sealed class Block
{
    private readonly byte[]? _bytes; // Null if it is an end's.
    private Memory<byte> _memory;
    private int _start;

    internal Block(int size)
    {
        Debug.Assert(size > 0);
        _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        _memory = _bytes;
    }

    /// <summary>Of an end that lends it, with <see cref="Lend"/>.</summary>
    internal Block()
    {
    }

    /// <summary>True if it is an end's: no pool takes it.</summary>
    internal bool IsLoan => _bytes is null;

    /// <summary>In bytes.</summary>
    internal int Size => _memory.Length;

    /// <summary>What a stream holds on to that has not finished with it.</summary>
    internal byte[] Array => _bytes!;

    internal Memory<byte> Memory => _memory;

    internal Span<byte> Span => _memory.Span;

    /// <summary>How many bytes in it are not yet written.</summary>
    internal int Pending { get; private set; }

    /// <summary>Those bytes.</summary>
    internal Memory<byte> PendingMemory => _memory.Slice(_start, Pending);

    /// <summary>The end lends this from now on, and nothing of it is pending; default: nothing.</summary>
    internal void Lend(Memory<byte> memory)
    {
        Debug.Assert(IsLoan && (Pending == 0 || memory.IsEmpty));
        _memory = memory;
        Pending = 0;
    }

    /// <summary>Its first <paramref name="count"/> bytes were just read.</summary>
    internal void Filled(int count)
    {
        Debug.Assert(Pending == 0 && count > 0 && count <= Size);
        _start = 0;
        Pending = count;
    }

    internal void Drained(int count)
    {
        Debug.Assert(count > 0 && count <= Pending);
        _start += count;
        Pending -= count;
    }

    /// <summary>Takes over what another block holds.</summary>
    internal void TakeFrom(Block other)
    {
        other.PendingMemory.CopyTo(Memory);
        Filled(other.Pending);
        other.Clear();
    }

    internal void Clear() => Pending = 0;
}
