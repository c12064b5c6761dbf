namespace Zerocopy;

/// <summary>A terminal or another device as an end of a flow: read and written only, after poll has said that it is
/// ready. A call may still wait for a while, so such flows run on the thread pool.</summary>
/// <remarks>What it can do was asked (<see cref="DeviceManner"/>): a terminal is read and written a little at a time;
/// every other device in whole blocks, because what a call reads or writes there may be a packet.</remarks>
internal sealed class DeviceEnd : DescriptorEnd
{
    private const int ReadBytesMax = 4096; // A terminal gives one line.
    private const int WriteBytesMax = 256; // What a terminal that poll calls writable takes without waiting.

    private bool _isSource;
    private DeviceManner _manner;
    private bool _tellsRoom;

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal override bool KeepsPackets => _manner == DeviceManner.Waits;

    internal void Open(IKernel kernel, in Endpoint endpoint, bool isSource, FlowRunner owner)
    {
        _isSource = isSource;
        _manner = endpoint.Manner;
        _tellsRoom = _manner == DeviceManner.Terminal;
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
        if (_manner != DeviceManner.NeverWaits)
        {
            Kernel.Ask(Fd, destination: default, out bool canRead, out _);
            if (!canRead)
            {
                return Moved.WouldBlock;
            }
        }

        length = _manner == DeviceManner.Terminal ? Math.Min(length, ReadBytesMax) : length;
        fixed (byte* start = block.Span)
        {
            return Kernel.ReadFile(Fd, start, length, offset: -1);
        }
    }

    /// <summary>The poll of some devices never says that they can be written (/dev/kmsg). So its no is believed only of
    /// a device that has said yes before; until then it is written, and that may wait.</summary>
    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        if (_manner != DeviceManner.NeverWaits)
        {
            Kernel.Ask(source: default, Fd, out _, out bool canWrite);
            _tellsRoom |= canWrite;
            if (!canWrite && _tellsRoom)
            {
                return Moved.WouldBlock;
            }
        }

        int length = _manner == DeviceManner.Terminal ? Math.Min(bytes.Length, WriteBytesMax) : bytes.Length;
        fixed (byte* start = bytes.Span)
        {
            return Kernel.WriteFile(Fd, start, length, offset: -1);
        }
    }

    internal override bool CanHalfClose => false;

    internal override Moved FinishWriting() => Moved.Bytes(0);

    /// <summary>A terminal is hung up. An error alone says nothing about a write: the kernel's log reports one to a
    /// writer too, when records that nobody has read are overwritten. The write tells.</summary>
    internal override int DeathOf() => !_isSource && Has(Readiness.HangUp) ? (int)Sys.Errno.EIO : 0;

    internal override void CloseOwned(bool reset) => Given!.Dispose();
}
