// Connected sockets of every family and of every origin.
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Conformance.Harness;

/// <summary>The family of a stream socket.</summary>
public enum Family
{
    Tcp,
    Unix,
}

/// <summary>Who connected the socket that the library gets.</summary>
public enum Origin
{
    /// <summary>.NET's sync calls: its engine has never seen the socket.</summary>
    Sync,

    /// <summary>.NET's async calls, and it has waited in one: registered with .NET's engine.</summary>
    Async,

    /// <summary>Our own dialer.</summary>
    Dialer,
}

/// <summary>Two connected stream sockets: the near one is for the library, the far one is the peer's.</summary>
public sealed class SocketPair : IDisposable
{
    private SocketPair(Socket near, Socket far)
    {
        Near = near;
        Far = far;
        if (near.AddressFamily != AddressFamily.Unix)
        {
            near.NoDelay = far.NoDelay = true;
        }
    }

    public Socket Near { get; }

    public Socket Far { get; }

    public static SocketPair Tcp(Origin origin = Origin.Sync) => Connect(Family.Tcp, origin);

    public static SocketPair Unix(Origin origin = Origin.Sync) => Connect(Family.Unix, origin);

    /// <summary>A fresh connection.</summary>
    /// <param name="family">TCP over the loopback, or unix.</param>
    /// <param name="origin">How the near socket came to be.</param>
    /// <param name="bufferBytes">SO_SNDBUF of the near socket and SO_RCVBUF of the far one, so that little fits between
    /// them; null leaves the kernel's own.</param>
    public static SocketPair Connect(Family family, Origin origin = Origin.Sync, int? bufferBytes = null)
    {
        using Socket listener = Listen(family, out EndPoint endPoint, bufferBytes);
        SocketPair pair = origin switch
        {
            Origin.Sync => ConnectSync(listener, endPoint, bufferBytes),
            Origin.Async => ConnectAsync(listener, endPoint).GetAwaiter().GetResult(),
            _ => Dial(listener, endPoint),
        };
        if (bufferBytes is { } bytes)
        {
            pair.Near.SendBufferSize = bytes;
        }

        return pair;
    }

    /// <summary>A listening socket on a fresh address.</summary>
    public static Socket Listen(Family family, out EndPoint endPoint, int? bufferBytes = null)
    {
        Socket listener = family == Family.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (bufferBytes is { } bytes)
        {
            listener.ReceiveBufferSize = bytes; // What it accepts inherits it.
        }

        listener.Bind(family == Family.Unix
            ? new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()))
            : new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(16);
        endPoint = listener.LocalEndPoint!;
        return listener;
    }

    /// <summary>A client with this socket in place of its own, which it has from the start and would leave to the
    /// collector.</summary>
    public static TcpClient ClientOf(Socket socket)
    {
        TcpClient client = new();
        client.Client.Dispose();
        client.Client = socket;
        return client;
    }

    /// <summary>Closes without a FIN: the peer sees a reset (on TCP).</summary>
    public static void Reset(Socket socket)
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

    private static SocketPair ConnectSync(Socket listener, EndPoint endPoint, int? bufferBytes)
    {
        Socket far = NewSocket(endPoint);
        if (bufferBytes is { } bytes)
        {
            // Before the handshake, which offers the window: a buffer that shrinks beneath what was offered drops it,
            // and then old kernels (5.10) open the window only when they are probed, for ever: 26 KB in 200 ms.
            far.ReceiveBufferSize = bytes;
        }

        far.Connect(endPoint);
        return new SocketPair(listener.Accept(), far);
    }

    // ReceiveAsync has to wait, or .NET's engine does not register the socket.
    private static async Task<SocketPair> ConnectAsync(Socket listener, EndPoint endPoint)
    {
        Socket near = NewSocket(endPoint);
        Task<Socket> accept = Deadline.OnThread(listener.Accept);
        await near.ConnectAsync(endPoint).ConfigureAwait(false);
        Socket far = await accept.ConfigureAwait(false);
        byte[] one = new byte[1];
        ValueTask<int> receive = near.ReceiveAsync(one.AsMemory(), SocketFlags.None);
        if (receive.IsCompleted)
        {
            throw new InvalidOperationException("The receive had to wait.");
        }

        far.Send("!"u8);
        return await receive.ConfigureAwait(false) == 1
            ? new SocketPair(near, far) : throw new InvalidOperationException("No byte came.");
    }

    private static SocketPair Dial(Socket listener, EndPoint endPoint)
    {
        Task<Socket> accept = Deadline.OnThread(listener.Accept);
        Socket near = Dialer.ConnectAsync(endPoint).AsTask().GetAwaiter().GetResult();
        return new SocketPair(near, accept.GetAwaiter().GetResult());
    }

    private static Socket NewSocket(EndPoint endPoint) => endPoint.AddressFamily == AddressFamily.Unix
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
}
