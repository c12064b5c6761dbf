namespace Zerocopy;

/// <summary>The caller's buffer as an end of a flow: as a destination it takes one read; as a source it has nothing,
/// what is to be written being the flow's prefix.</summary>
internal sealed class MemoryEnd : FlowEnd
{
    private Memory<byte> _rest;

    internal override string ReadName => "Read";

    internal override string WriteName => "Write";

    internal void Open(Memory<byte> memory)
    {
        _rest = memory;
        Marks = Readiness.Assumed;
    }

    internal override Moved Read(Block block, int length) => Moved.Bytes(0);

    internal override Moved Write(ReadOnlyMemory<byte> bytes)
    {
        bytes.CopyTo(_rest);
        _rest = _rest[bytes.Length..];
        return Moved.Bytes(bytes.Length);
    }

    internal override Moved FinishWriting() => Moved.Bytes(0);

    internal override bool IsDisposed() => false;

    internal override void Close() => _rest = default;

    internal override void CloseOwned(bool reset)
    {
    }
}
