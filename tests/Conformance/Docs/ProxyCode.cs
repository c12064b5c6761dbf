// The C# of docs/recipes/proxy.md, compiled and run: ProxyRecipeTests runs it, PagesTests compares the two.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

// block 1
internal sealed class TcpProxy(Socket listener, EndPoint target, CancellationToken stop)
{
    private static readonly RelayOptions s_options = new()
    {
        CloseEndpoints = true,
        IdleTimeout = TimeSpan.FromMinutes(10),
        LingerAfterHalfClose = TimeSpan.FromSeconds(30),
    };

    internal void Run()
    {
        using CancellationTokenRegistration stopping = stop.Register(listener.Dispose);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(listener.Accept());
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Thread.Sleep(50); // No descriptors left: whoever wants in waits in the queue. Or it is the end.
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            try
            {
                using Socket upstream = await Dialer.ConnectAsync(target, stop);
                RelayResult relay = await Relay.RunAsync(client, upstream, s_options, stop);
                Console.WriteLine($"{relay.EndedBy}: {relay.LeftToRight.BytesWritten} bytes up, "
                    + $"{relay.RightToLeft.BytesWritten} down");
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                Console.WriteLine($"dropped: {e.Message}"); // This connection alone ends.
            }
        }
    }
}
// end

internal static class ProxyHeaderCode
{
    internal static ValueTask<RelayResult> WithHeader(
        Socket client, Socket upstream, RelayOptions options, CancellationToken stop)
    {
        return RelayWithHeaderAsync(client, upstream, options, stop);

        // block 2
        static ValueTask<RelayResult> RelayWithHeaderAsync(
            Socket client, Socket upstream, RelayOptions options, CancellationToken stop)
        {
            IPEndPoint from = (IPEndPoint)client.RemoteEndPoint!;
            IPEndPoint to = (IPEndPoint)client.LocalEndPoint!;
            byte[] header = Encoding.ASCII.GetBytes(
                $"PROXY TCP4 {from.Address} {to.Address} {from.Port} {to.Port}\r\n");
            FlowOptions up = options.LeftToRight with { Prefix = header };
            return Relay.RunAsync(client, upstream, options with { LeftToRight = up }, stop);
        }

        // end
    }
}
