namespace Zerocopy;

/// <summary>A terminal or another device as an end of a flow: read and written only, after poll has said that it is
/// ready, and a little at a time unless it is one that never waits. A write may still wait for a while, so such flows
/// run on the thread pool.</summary>
internal sealed class DeviceEnd : DescriptorEnd
{
    private const int ReadBytesMax = 4096; // A terminal gives one line.
    private const int WriteBytesMax = 256; // What a terminal that poll calls writable takes without waiting.

    private bool _isSource;
    private bool _neverWaits;

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    // Of what epoll does not know no event ever tells.
    internal override bool IsUntold => true;

    internal override void TakeEdges()
    {
        if (Handle!.IsClosed)
        {
            Marks |= Readiness.Closed;
        }

        base.TakeEdges();
    }

    internal void Open(IKernel kernel, in Endpoint endpoint, bool isSource, FlowOperation? owner)
    {
        _isSource = isSource;
        _neverWaits = endpoint.NeverWaits;
        Open(kernel, endpoint.Handle!, wakesOnDispose: false, owner);
    }

    /// <summary>What epoll does not know (/dev/null and its like) is always ready.</summary>
    internal override int Park()
    {
        int error = base.Park();
        return error == (int)Sys.Errno.EPERM ? 0 : error;
    }

    internal override unsafe Moved Read(Block block, int length)
    {
        bool canRead = _neverWaits;
        if (!_neverWaits)
        {
            length = Math.Min(length, ReadBytesMax);
            Kernel.Ask(Fd, -1, out canRead, out _);
        }

        if (!canRead)
        {
            return Moved.WouldBlock;
        }

        fixed (byte* start = block.Span)
        {
            return Kernel.ReadFile(Fd, start, length, offset: -1);
        }
    }

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        int length = bytes.Length;
        bool canWrite = _neverWaits;
        if (!_neverWaits)
        {
            length = Math.Min(length, WriteBytesMax);
            Kernel.Ask(-1, Fd, out _, out canWrite);
        }

        if (!canWrite)
        {
            return Moved.WouldBlock;
        }

        fixed (byte* start = bytes.Span)
        {
            return Kernel.WriteFile(Fd, start, length, offset: -1);
        }
    }

    internal override bool CanHalfClose => false;

    internal override Moved FinishWriting() => Moved.Bytes(0);

    internal override int DeathOf() => _isSource ? 0 : (int)Sys.Errno.EIO; // Hung up.

    internal override void CloseOwned(bool reset) => Given!.Dispose();
}
