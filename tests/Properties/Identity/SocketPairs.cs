// Connected sockets of the two kinds, for the real kernel.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Identity;

/// <summary>Two connected sockets: ours, which the library gets, and its peer's.</summary>
internal sealed class Connection : IDisposable
{
    private Connection(Socket ours, Socket peer)
    {
        Ours = ours;
        Peer = peer;
    }

    internal Socket Ours { get; }

    internal Socket Peer { get; }

    internal static Connection Open(bool isUnix) => isUnix ? OpenUnix() : OpenTcp();

    public void Dispose()
    {
        Ours.Dispose();
        Peer.Dispose();
    }

    private static Connection OpenTcp()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        Socket peer = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        peer.Connect(listener.LocalEndPoint!);
        return new Connection(listener.Accept(), peer);
    }

    private static Connection OpenUnix()
    {
        SysResult made = Syscall.SocketPair(
            SocketKind.Stream, Zerocopy.Sys.SocketFlags.CloseOnExec, out int first, out int second);
        Assert.False(made.IsError, $"socketpair failed with {made}");
        return new Connection(Wrap(first), Wrap(second));
    }

    private static Socket Wrap(int fd) => new(new SafeSocketHandle(fd, ownsHandle: true));
}

/// <summary>A source and a destination, and who writes the one and reads the other.</summary>
internal sealed class Route(bool sourceIsUnix, bool destinationIsUnix) : IDisposable
{
    internal Connection From { get; } = Connection.Open(sourceIsUnix);

    internal Connection To { get; } = Connection.Open(destinationIsUnix);

    public void Dispose()
    {
        From.Dispose();
        To.Dispose();
    }
}
