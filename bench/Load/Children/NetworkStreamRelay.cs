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
            await Task.WhenAll(PumpAsync(client, upstream), PumpAsync(upstream, client));
        }
        catch (Exception e)
        {
            failure = e.ToString();
        }

        client.Dispose();
        counters.End(0, 0, failure);
    }

    private static async Task PumpAsync(Socket source, Socket destination)
    {
        if (destination.AddressFamily == AddressFamily.InterNetwork)
        {
            destination.NoDelay = true;
        }

        await using NetworkStream from = new(source), to = new(destination);
        await from.CopyToAsync(to, BufferBytes);
        destination.Shutdown(SocketShutdown.Send);
    }
}
