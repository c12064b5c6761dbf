// Connected sockets of both families and of every origin, all through one listener each: a listener for every
// connection would use up the ports.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak;

/// <summary>Two connected stream sockets: the near one is for the library, the far one is the peer's.</summary>
internal sealed class Link : IDisposable
{
    // Half of it is the kernel's own. With less TCP waits for delayed acknowledgements all the time.
    private const int TcpBufferBytes = 65_536;
    private const int UnixBufferBytes = 8192;

    private static readonly SemaphoreSlim s_gate = new(1); // What is accepted is what was connected.
    private static readonly Socket s_tcp = Listen(
        new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp),
        new IPEndPoint(IPAddress.Loopback, 0));

    private static readonly Socket s_unix = Listen(
        new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
        new UnixDomainSocketEndPoint(Path.Combine(SoakFiles.Folder, "socket")));

    private static long s_count;

    private Link(Socket near, Socket far)
    {
        Near = near;
        Far = far;
        if (IsTcp)
        {
            near.NoDelay = far.NoDelay = true;
        }
    }

    /// <summary>Connections made so far.</summary>
    internal static long Count => Volatile.Read(ref s_count);

    internal Socket Near { get; }

    internal Socket Far { get; }

    internal bool IsTcp => Near.AddressFamily != AddressFamily.Unix;

    internal static async Task<Link> ConnectAsync(SimRandom random, bool? isTcp = null)
    {
        Socket listener = isTcp ?? random.Chance(60) ? s_tcp : s_unix;
        await s_gate.WaitAsync();
        try
        {
            Link link = await ConnectAsync(listener, random.Below(4));
            if (random.Chance(25))
            {
                // So that little fits in between.
                link.Near.SendBufferSize = link.Far.ReceiveBufferSize = link.IsTcp ? TcpBufferBytes : UnixBufferBytes;
            }

            return link;
        }
        finally
        {
            _ = s_gate.Release();
            _ = Interlocked.Increment(ref s_count);
        }
    }

    /// <summary>Closes without a FIN: the peer sees a reset (on TCP).</summary>
    internal static void Reset(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
        {
            socket.LingerState = new LingerOption(true, 0);
        }

        socket.Dispose();
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }

    internal static Socket Listen(Socket socket, EndPoint endPoint)
    {
        socket.Bind(endPoint);
        socket.Listen(64);
        return socket;
    }

    // Once connected there is somebody to accept: it does not block.
    private static async Task<Link> ConnectAsync(Socket listener, int origin)
    {
        EndPoint endPoint = listener.LocalEndPoint!;
        Socket socket;
        switch (origin)
        {
            case 0:
                socket = await Dialer.ConnectAsync(endPoint);
                return new Link(socket, listener.Accept());
            case 1:
                // .NET's engine knows this one: it has waited there.
                socket = New(endPoint);
                await socket.ConnectAsync(endPoint);
                Socket far = listener.Accept();
                byte[] one = new byte[1];
                ValueTask<int> receive = socket.ReceiveAsync(one.AsMemory(), SocketFlags.None);
                _ = far.Send("!"u8);
                Assert.Equal(1, await receive);
                return new Link(socket, far);
            default:
                socket = New(endPoint);
                socket.Connect(endPoint);
                return origin == 2 ? new Link(socket, listener.Accept()) : new Link(listener.Accept(), socket);
        }
    }

    internal static Socket New(EndPoint endPoint) => endPoint.AddressFamily == AddressFamily.Unix
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
}
