// An end of a simulated flow: the library's own SocketEnd over the simulated kernel, with the handle simulated too.
namespace Zerocopy.Properties.Simulation;

internal sealed class SimEnd : FlowEnd
{
    private readonly SocketEnd _inner = new();

    internal SimEnd(SimKernel kernel, SimSocket socket)
    {
        Socket = socket;
        _inner.OpenSimulated(kernel, socket.IsUnix ? EndpointKind.UnixSocket : EndpointKind.TcpSocket, socket.Fd);
    }

    internal SimSocket Socket { get; }

    internal override int Fd => _inner.Fd;

    internal override string ReadName => _inner.ReadName;

    internal override string WriteName => _inner.WriteName;

    internal override Moved Read(Block block, int length) => _inner.Read(block, length);

    internal override bool ShortReadProvesEmpty(in Moved read, int asked) => _inner.ShortReadProvesEmpty(read, asked);

    internal override Moved Peek() => _inner.Peek();

    internal override Moved Write(ReadOnlyMemory<byte> bytes) => _inner.Write(bytes);

    internal override Moved FinishWriting() => _inner.FinishWriting();

    internal override bool PeerMayHaveFinished() => _inner.PeerMayHaveFinished();

    internal override int DeathOf() => _inner.DeathOf();

    internal override bool TryEnter()
    {
        if (Socket.ClosedIsVisible)
        {
            Marks |= Readiness.Closed;
            return false;
        }

        return true;
    }

    internal override bool IsDisposed() => Socket.ClosedIsVisible;

    internal override void CloseOwned(bool reset) => throw new LawBrokenException("a flow closed an end");
}
