using System.Diagnostics;

namespace Zerocopy;

/// <summary>Memory for bytes in transit: what was read and is not yet written.</summary>
/// <remarks>A pinned array: its address never changes, streams take it as it is, and one that a stream's unfinished
/// operation still owns can simply be left to the collector.</remarks>
internal sealed class Block
{
    private readonly byte[] _bytes;

    internal Block(int size)
    {
        Debug.Assert(size > 0);
        _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    /// <summary>In bytes.</summary>
    internal int Size => _bytes.Length;

    internal Memory<byte> Memory => _bytes;

    internal Span<byte> Span => _bytes;
}
