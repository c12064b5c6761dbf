// What has to be so after a transfer that was ended by the program's own code.
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.UserCode;

internal static class Untouched
{
    /// <summary>Nothing is held, and the next transfer is as good as any.</summary>
    /// <param name="rig">Whose sockets were ends of it: their Dispose would hang if a lease were left.</param>
    internal static async Task AssertReleased(Rig rig)
    {
        await Deadline.OnThread(rig.Dispose).Within("the dispose of its sockets");
        using MeterProbe probe = new();
        probe.AssertIdle();
        Assert.Equal(0, LoopGroup.Default.Hosts.Select(host => host.Resources).Append(MoveResources.Shared).Sum(
            resources => resources.Blocks.Rented));
        using Rig next = new(Family.Tcp, Family.Unix);
        next.Writer.Send("next"u8);
        next.Writer.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        TransferResult result = await next.Start(Call.Async).Within("the next transfer");
        Assert.Equal((4, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal("next"u8.ToArray(), await Peer.ReadExactly(next.Reader, 4));
    }
}
