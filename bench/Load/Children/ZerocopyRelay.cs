using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>The library as a proxy would use it: accept, dial, relay; with a copy for somebody if wanted.</summary>
internal sealed class ZerocopyRelay(EndPoint target, FlowOptions flow, CopyTarget copy, RelayCounters counters)
{
    private readonly RelayOptions _options = new()
    {
        LeftToRight = flow,
        RightToLeft = flow,
        CloseEndpoints = true,
    };

    internal void Serve(Socket listener)
    {
        while (true)
        {
            Socket client = listener.Accept();
            if (client.AddressFamily == AddressFamily.InterNetwork)
            {
                client.NoDelay = true;
            }

            counters.Begin();
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        ByteCounts moved = default;
        string? failure;
        try
        {
            RelayResult result = await RelayAsync(client);
            moved = ByteCounts.Of(result.LeftToRight);
            failure = result.EndedBy == RelayEnd.EndOfStream
                ? FailureOf(result.LeftToRight.Mirror)
                : $"{result.EndedBy}, errno {result.Error}";
        }
        catch (Exception e)
        {
            client.Dispose();
            failure = e.Message;
        }

        counters.End(moved, failure);
    }

    private async Task<RelayResult> RelayAsync(Socket client)
    {
        Socket upstream = await Dialer.ConnectAsync(target);
        await using Stream? mirror = await copy.OpenAsync();
        return await Relay.RunAsync(client, upstream, mirror is null ? _options : _options with
        {
            LeftToRight = flow with { Mirror = mirror },
        });
    }

    /// <summary>A mirror must have got everything, or have been detached where that was asked for.</summary>
    private string? FailureOf(TeeResult? mirror)
        => mirror is null || mirror.EndedBy == TeeEnd.EndOfStream
            || (mirror.EndedBy == TeeEnd.Lagged && flow.MirrorOptions.OnLag == TeeLag.Detach)
                ? null
                : $"the mirror: {mirror.EndedBy} {mirror.Exception?.Message}";
}
