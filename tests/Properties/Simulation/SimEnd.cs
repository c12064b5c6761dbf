// An end of a simulated flow: the library's own over the simulated kernel, with the handle simulated too.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal sealed class SimEnd : FlowEnd
{
    private readonly FlowEnd _inner;
    private readonly SimKernel? _kernel; // Of a socket.

    internal SimEnd(SimKernel kernel, SimSocket socket)
    {
        _kernel = kernel;
        Descriptor = socket;
        SocketEnd inner = new();
        inner.OpenSimulated(kernel, socket.IsUnix ? EndpointKind.UnixSocket : EndpointKind.TcpSocket, socket.Fd);
        _inner = inner;
    }

    /// <summary>An end of the user's pipe.</summary>
    /// <param name="side">As the simulated kernel has it.</param>
    /// <param name="inner">As the library has it.</param>
    internal SimEnd(SimPipeSide side, PipeEnd inner)
    {
        Descriptor = side;
        _inner = inner;
    }

    internal SimFd Descriptor { get; }

    internal override BorrowedFd Fd => _inner.Fd;

    internal override long Offset => _inner.Offset;

    internal override bool IsSharedPipe => _inner.IsSharedPipe;

    internal override FlowEnd? Blocker => _inner.Blocker;

    internal override bool IsStoppedByTee => _inner.IsStoppedByTee;

    internal override Exception? Exception => _inner.Exception;

    internal override string ReadName => _inner.ReadName;

    internal override string WriteName => _inner.WriteName;

    internal override Moved Read(Block block, int length) => _inner.Read(block, length);

    internal override bool ShortReadProvesEmpty(in Moved read, int asked) => _inner.ShortReadProvesEmpty(read, asked);

    internal override Moved MoveTo(BorrowedFd destination, TransferMechanism route, int length, long offset)
        => _inner.MoveTo(destination, route, length, offset);

    internal override bool IsAtEnd() => _inner.IsAtEnd();

    internal override void Took(int count) => _inner.Took(count);

    internal override Moved Peek() => _inner.Peek();

    internal override bool CanBePeeked => _inner.CanBePeeked;

    internal override bool WritesAtOnce => _inner.WritesAtOnce;

    internal override Moved PeekBytes(Block scratch, int length) => _inner.PeekBytes(scratch, length);

    internal override Moved TakePeeked(Block scratch, int length) => _inner.TakePeeked(scratch, length);

    internal override Moved Write(ReadOnlyMemory<byte> bytes) => _inner.Write(bytes);

    internal override Moved FinishWriting() => _inner.FinishWriting();

    /// <summary>It is the program's, who may have closed it; the library's own are asked for nothing.</summary>
    internal override bool PeerMayHaveFinished()
        => Descriptor is not SimSocket { IsUnix: false } || _kernel!.PeerMayHaveFinished(Fd);

    internal override int DeathOf() => _inner.DeathOf();

    internal override bool TryEnter()
    {
        if (Descriptor.ClosedIsVisible)
        {
            Marks |= Readiness.Closed;
            return false;
        }

        return true;
    }

    internal override bool IsDisposed() => Descriptor.ClosedIsVisible;

    internal override void CloseOwned(bool reset) => throw new LawBrokenException("a flow closed an end");
}
