// A relay that nothing happens to: both directions arrive whole, whichever ends first.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class Relays
{
    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Link left = await round.ConnectAsync();
        Link right = await round.ConnectAsync();
        Content there = round.NewContent();
        Content back = round.NewContent();
        ReadOnlyMemory<byte> prefix = round.NewPrefix(there);
        bool isStream = random.Chance(15);
        TransferMode mode = round.NewMode(canSplice: !isStream);
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { Mode = mode, Prefix = prefix },
            RightToLeft = new FlowOptions { Mode = mode },
            CloseEndpoints = random.Chance(50),
            IdleTimeout = random.Chance(50) ? TimeSpan.FromSeconds(50) : Timeout.InfiniteTimeSpan,
        };
        round.What = $"{there} and {back}, {mode}, stream {isStream}, owns {options.CloseEndpoints}";
        Task<Received> atRight = round.Receive(right.Far, there.Start);
        Task<Received> atLeft = round.Receive(left.Far, back.Start);
        Task<Sent> fromLeft = round.Send(left.Far, there.From(prefix.Length));
        // What a stream cannot be told, that the right has ended, ends the relay: so there the left ends first.
        Task<Sent> fromRight = random.Chance(50) && !isStream
            ? round.Send(right.Far, back)
            : atRight.ContinueWith(_ => round.Send(right.Far, back), TaskScheduler.Default).Unwrap();
        TransferEndpoint end = isStream ? round.Own(new CopiedStream(left.Near)) : left.Near;
        Task<RelayResult> relay = random.Chance(50)
            ? Relay.RunAsync(end, right.Near, options).AsTask()
            : Relay.Start(end, right.Near, options).Completion;

        RelayResult result = await round.Within(relay, "the relay");

        round.What += $": {result}";
        if (isStream)
        {
            left.Near.Shutdown(SocketShutdown.Send); // A stream has no way to say its end, and does not own its socket.
        }

        Assert.Equal(new Sent(there.Bytes - prefix.Length, SocketError.Success), await round.Within(fromLeft, "left"));
        Assert.Equal(new Sent(back.Bytes, SocketError.Success), await round.Within(fromRight, "right"));
        Assert.Equal(new Received(there.Bytes, SocketError.Success), await round.Within(atRight, "at the right"));
        Assert.Equal(new Received(back.Bytes, SocketError.Success), await round.Within(atLeft, "at the left"));
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        AssertWhole(round, result.LeftToRight, there.Bytes, prefix.Length, mode);
        AssertWhole(round, result.RightToLeft, back.Bytes, 0, mode);
    }

    /// <summary>One direction that ended well.</summary>
    internal static void AssertWhole(Round round, TransferResult result, long bytes, int prefix, TransferMode mode)
    {
        round.Count(result);
        Assert.Equal(
            (TransferEnd.EndOfStream, bytes - prefix, bytes),
            (result.EndedBy, result.BytesConsumed, result.BytesWritten));
        Assert.True(mode != TransferMode.RequireZeroCopy || result.BytesBuffered == prefix, "copied");
        Assert.True(mode != TransferMode.CopyOnly || result.BytesSpliced == 0, "spliced");
    }

    /// <summary>A class derived from NetworkStream may change its bytes, so it is read and written by .NET.</summary>
    private sealed class CopiedStream(Socket socket) : NetworkStream(socket, ownsSocket: false);
}
