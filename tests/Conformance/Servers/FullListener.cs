// An upstream that does not answer.
using System.Net;
using System.Net.Sockets;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Servers;

/// <summary>A listener whose queue is full: it drops the SYN of the next one (TCP), or says EAGAIN (unix).</summary>
internal sealed class FullListener : IDisposable
{
    private readonly Socket[] _waiting;

    internal FullListener(Family family)
    {
        Socket = SocketPair.Listen(family, out EndPoint endPoint);
        Socket.Listen(1); // Has room for one more than that.
        EndPoint = endPoint;
        _waiting = [ServerRig.Connect(endPoint), ServerRig.Connect(endPoint)];
    }

    internal Socket Socket { get; }

    internal EndPoint EndPoint { get; }

    /// <summary>Takes those who fill it.</summary>
    internal void Empty() => Array.ForEach(_waiting, _ => Socket.Accept().Dispose());

    public void Dispose()
    {
        Array.ForEach(_waiting, socket => socket.Dispose());
        Socket.Dispose();
    }
}
