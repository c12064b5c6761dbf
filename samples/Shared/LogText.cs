using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples;

/// <summary>What the lines of --log are made of.</summary>
internal static class LogText
{
    /// <summary>When, and which one.</summary>
    internal static string Begin(DateTimeOffset acceptedAt, long number)
        => string.Create(CultureInfo.InvariantCulture,
            $"{acceptedAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} connection {number}: ");

    internal static string Seconds(TimeSpan time)
        => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.000} s");

    /// <summary>Who it is; a unix socket that connects has no name as a rule.</summary>
    internal static string Peer(EndPoint? endPoint)
        => endPoint is null || $"{endPoint}".Length == 0 ? "unix" : EndPointText.Format(endPoint);

    /// <summary>Who is at the other end of a socket, asked while it lives.</summary>
    internal static string Peer(Socket socket)
    {
        try
        {
            return Peer(socket.RemoteEndPoint);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return "somebody who has left";
        }
    }
}
