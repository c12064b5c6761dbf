// docs/recipes/rate-limit.md: each direction has its own rate, and a quota takes no byte too many.
using System.Diagnostics;
using System.Net.Sockets;
using Readme;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Docs;

public sealed class RateLimitRecipeTests
{
    [Fact(Timeout = Deadline.Ms)]
    public async Task Each_direction_has_a_rate_of_its_own()
    {
        const int Up = 400_000; // 0.4 s
        const int Down = 2_000_000; // 0.2 s
        using Rig rig = new(Family.Tcp, Family.Tcp);
        long start = Stopwatch.GetTimestamp();
        Task<RelayResult> relay = RateLimitCode.Limit(rig.Source, rig.Destination).AsTask();
        Task<long> upWriter = Peer.Write(rig.Writer, Up);
        Task<long> downWriter = Peer.Write(rig.Reader, Down, pattern: Pattern.Other);
        Task<Received> up = Peer.Read(rig.Reader);
        Task<Received> down = Peer.Read(rig.Writer, pattern: Pattern.Other);

        RelayResult result = await relay.Within("the relay");

        // Never faster: a rate grants nothing in advance. How much slower is the machine's business.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.38, 20);
        await Peer.AssertAll(Up, upWriter, up);
        await Peer.AssertAll(Down, downWriter, down);
        Assert.Equal((RelayEnd.EndOfStream, Up, Down),
            (result.EndedBy, result.LeftToRight.BytesWritten, result.RightToLeft.BytesWritten));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(10_000)] // In the midst of it.
    [InlineData(300_000)]
    [InlineData(300_001)]
    public async Task A_quota_takes_no_byte_too_many(int quota)
    {
        const int Total = 300_000;
        using Rig rig = new(Family.Tcp, Family.Unix);
        Assert.Equal(Total, await Peer.Write(rig.Writer, Total).Within("the writer"));
        Task<Received> reader = Peer.Read(rig.Reader);

        bool isAll = await RateLimitCode.Quota(rig.Source, rig.Destination, quota).Within("the transfer");

        Assert.Equal(quota > Total, isAll); // An end that comes right behind the quota has not been seen.
        rig.Destination.Shutdown(SocketShutdown.Send);
        int sent = Math.Min(quota, Total);
        Assert.Equal(new Received(sent, SocketError.Success), await reader.Within("what was sent"));
        Assert.Equal(
            new Received(Total - sent, SocketError.Success),
            await Peer.Read(rig.Source, start: sent).Within("what is still there"));
    }
}
