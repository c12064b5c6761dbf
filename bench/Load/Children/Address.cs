using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Addresses as the processes pass them to one another: <c>127.0.0.1:PORT</c> or <c>unix:PATH</c>.</summary>
internal static class Address
{
    private const string UnixPrefix = "unix:";

    internal static EndPoint Parse(string text)
        => text.StartsWith(UnixPrefix, StringComparison.Ordinal)
            ? new UnixDomainSocketEndPoint(text[UnixPrefix.Length..])
            : IPEndPoint.Parse(text);

    internal static string Format(EndPoint endPoint)
        => endPoint is UnixDomainSocketEndPoint ? UnixPrefix + endPoint : endPoint.ToString()!;

    internal static Socket Listen(EndPoint endPoint)
    {
        Socket listener = New(endPoint);
        listener.Bind(endPoint);
        listener.Listen(512);
        return listener;
    }

    internal static Socket Connect(EndPoint endPoint)
    {
        Socket socket = New(endPoint);
        socket.Connect(endPoint);
        return Prepared(socket);
    }

    /// <summary>Accepts one connection, but does not wait for ever for a relay that never connects.</summary>
    internal static Socket Accept(Socket listener)
        => listener.Poll(Patience, SelectMode.SelectRead)
            ? Prepared(listener.Accept())
            : throw new TimeoutException("nobody connected");

    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Small messages leave at once, and a peer that hangs is an error and not a hang.</summary>
    private static Socket Prepared(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.NoDelay = true;
        }

        socket.SendTimeout = socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        return socket;
    }

    private static Socket New(EndPoint endPoint)
        => endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
