using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>The library as a proxy would use it: accept, dial, relay.</summary>
internal static class ZerocopyRelay
{
    internal static void Serve(Socket listener, EndPoint target, TransferMode mode, RelayCounters counters)
    {
        FlowOptions flow = new() { Mode = mode };
        RelayOptions options = new() { LeftToRight = flow, RightToLeft = flow, CloseEndpoints = true };
        while (true)
        {
            Socket client = listener.Accept();
            if (client.AddressFamily == AddressFamily.InterNetwork)
            {
                client.NoDelay = true;
            }

            counters.Begin();
            _ = RelayAsync(client, target, options, counters);
        }
    }

    private static async Task RelayAsync(Socket client, EndPoint target, RelayOptions options, RelayCounters counters)
    {
        try
        {
            Socket upstream = await Dialer.ConnectAsync(target);
            RelayResult result = await Relay.RunAsync(client, upstream, options);
            TransferResult sent = result.LeftToRight;
            string? failure = result.EndedBy == RelayEnd.EndOfStream ? null : $"{result.EndedBy}, errno {result.Error}";
            counters.End(sent.BytesSpliced, sent.BytesBuffered, failure);
        }
        catch (Exception e)
        {
            client.Dispose();
            counters.End(0, 0, e.Message);
        }
    }
}
