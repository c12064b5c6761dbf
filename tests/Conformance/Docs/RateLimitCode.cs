// The C# of docs/recipes/rate-limit.md, compiled and run: RateLimitRecipeTests runs it, PagesTests compares the two.
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class RateLimitCode
{
    internal static ValueTask<RelayResult> Limit(Socket left, Socket right)
    {
        return RelayAsync(left, right);

        // block 1
        static ValueTask<RelayResult> RelayAsync(Socket client, Socket upstream)
        {
            RelayOptions options = new()
            {
                LeftToRight = new FlowOptions { BytesPerSecond = 1_000_000 },
                RightToLeft = new FlowOptions { BytesPerSecond = 10_000_000 },
                IdleTimeout = TimeSpan.FromMinutes(1),
                CloseEndpoints = true,
            };
            return Relay.RunAsync(client, upstream, options);
        }

        // end
    }

    internal static Task<bool> Quota(Socket source, Socket destination, long count)
    {
        return SendAsync(source, destination, count);

        // block 2
        static async Task<bool> SendAsync(Socket source, Socket destination, long quotaBytes)
        {
            TransferOptions options = new() { LimitBytes = quotaBytes };
            TransferResult sent = await Transfer.CopyAsync(source, destination, options);
            return sent.EndedBy == TransferEnd.EndOfStream; // False: the quota is used up, and the rest is still there.
        }

        // end
    }
}
