using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>An end of a pipe that this library has not made: a process's output, an anonymous pipe, a FIFO.</summary>
/// <remarks>It may be in blocking mode, and that is not ours to change: whoever has the same description would see
/// it.</remarks>
internal sealed class ForeignPipeEnd : DescriptorEnd
{
    private bool _isReadEnd;
    private Stream? _stream;

    internal override string ReadName => "read";

    internal override string WriteName => "write";

    internal override bool IsSharedPipe => true;

    internal override bool WritesAtOnce => true;

    internal void Open(IKernel kernel, in Endpoint endpoint, bool isReadEnd, FlowOperation? owner)
    {
        _isReadEnd = isReadEnd;
        _stream = endpoint.Stream;
        Open(kernel, endpoint.Handle!, wakesOnDispose: false, owner);
    }

    internal override void Close()
    {
        base.Close();
        _stream = null;
    }

    internal override unsafe Moved Read(Block block, int length)
    {
        Debug.Assert(_isReadEnd);
        fixed (byte* start = block.Span)
        {
            return Kernel.ReadForeignPipe(Fd, start, length);
        }
    }

    internal override Moved MoveTo(int destination, TransferRoute route, int length, long offset)
        => Kernel.Splice(Fd, destination, length, offset);

    internal override bool IsAtEnd() => Kernel.IsPipeAtEnd(Fd);

    internal override unsafe Moved Write(ReadOnlyMemory<byte> bytes)
    {
        fixed (byte* start = bytes.Span)
        {
            return Kernel.WriteForeignPipe(Fd, start, bytes.Length);
        }
    }

    // Its end of stream is the close, and that is its owner's.
    internal override bool CanHalfClose => false;

    internal override Moved FinishWriting() => Moved.Bytes(0);

    internal override int DeathOf() => _isReadEnd ? 0 : (int)Errno.EPIPE;

    internal override void CloseOwned(bool reset)
    {
        if (_stream is not null)
        {
            _stream.Dispose();
        }
        else
        {
            Given!.Dispose();
        }
    }
}
