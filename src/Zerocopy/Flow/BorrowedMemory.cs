using System.Buffers;

namespace Zerocopy;

/// <summary>A caller's span as memory, for as long as the caller's call lasts. Reused.</summary>
internal sealed unsafe class BorrowedMemory : MemoryManager<byte>
{
    private byte* _start;
    private int _length;

    /// <summary>The memory at <paramref name="start"/>, which is pinned until <see cref="Return"/>.</summary>
    internal Memory<byte> Borrow(byte* start, int length)
    {
        _start = start;
        _length = length;
        return CreateMemory(length);
    }

    internal void Return()
    {
        _start = null;
        _length = 0;
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
        // Its owner pins it.
    }

    protected override void Dispose(bool disposing)
    {
    }
}
