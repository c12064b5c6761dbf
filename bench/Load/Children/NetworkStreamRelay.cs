using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>The proxy that everybody writes first: two times <c>NetworkStream.CopyToAsync</c>.</summary>
internal static class NetworkStreamRelay
{
    private const int BufferBytes = 128 * 1024;

    internal static async Task ServeAsync(Socket listener, EndPoint target, RelayCounters counters)
    {
        while (true)
        {
            Socket client = await listener.AcceptAsync();
            counters.Begin();
            _ = RelayAsync(client, target, counters);
        }
    }

    private static async Task RelayAsync(Socket client, EndPoint target, RelayCounters counters)
    {
        string? failure = null;
        try
        {
            ProtocolType protocol = target is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified;
            using Socket upstream = new(target.AddressFamily, SocketType.Stream, protocol);
            await upstream.ConnectAsync(target);
            await using NetworkStream left = Prepared(client), right = Prepared(upstream);
            await Task.WhenAll(PumpAsync(left, right), PumpAsync(right, left));
        }
        catch (Exception e)
        {
            failure = e.Message;
        }

        client.Dispose();
        counters.End(default, failure);
    }

    private static async Task PumpAsync(NetworkStream source, NetworkStream destination)
    {
        await source.CopyToAsync(destination, BufferBytes);
        destination.Socket.Shutdown(SocketShutdown.Send);
    }

    private static NetworkStream Prepared(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetwork)
        {
            socket.NoDelay = true;
        }

        return new NetworkStream(socket);
    }
}
