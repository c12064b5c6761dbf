// Questions and answers through a relay: each has to arrive before the next one is asked.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class Pings
{
    internal static async Task RunAsync(Round round)
    {
        Link left = await round.ConnectAsync();
        Link right = await round.ConnectAsync();
        TransferMode mode = round.NewMode();
        FlowOptions flow = new() { Mode = mode };
        bool owns = round.Random.Chance(50);
        RelayOptions options = new() { LeftToRight = flow, RightToLeft = flow, CloseEndpoints = owns };
        Pipe? mirror = round.Random.Chance(30) ? round.Own(Pipe.Create()) : null;
        if (mirror is not null)
        {
            options = options with { LeftToRight = flow with { Mirror = mirror } };
        }

        round.What = $"{mode}, mirrored {mirror is not null}";
        Task<RelayResult> relay = Relay.RunAsync(left.Near, right.Near, options).AsTask();
        Task<Received>? mirrored = mirror is null ? null : round.Receive(mirror, 0);
        ulong seed = round.Random.Next();
        long bytes = await round.Within(round.Peer(() => Talk(left.Far, right.Far, new SimRandom(seed))), "the talk");
        left.Far.Shutdown(SocketShutdown.Send);
        right.Far.Shutdown(SocketShutdown.Send);
        RelayResult result = await round.Within(relay, "the relay");
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        Relays.AssertWhole(round, result.LeftToRight, bytes, 0, mode);
        Relays.AssertWhole(round, result.RightToLeft, bytes, 0, mode);
        if (mirrored is not null)
        {
            Assert.Equal(new Received(bytes, SocketError.Success), await round.Within(mirrored, "the mirror"));
            Assert.Equal((TeeEnd.EndOfStream, bytes),
                (result.LeftToRight.Mirror!.EndedBy, result.LeftToRight.Mirror.BytesMirrored));
        }
    }

    private static long Talk(Socket left, Socket right, SimRandom random)
    {
        long done = 0;
        for (int more = random.Between(1, 200); more > 0; more--)
        {
            int length = random.Between(1, random.Pick<int>([1, 100, 5000]));
            Say(left, right, done, length);
            Say(right, left, done, length);
            done += length;
        }

        return done;
    }

    private static void Say(Socket from, Socket to, long position, int length)
    {
        _ = from.Send(Pattern.Default.Slice(position, length).Span);
        for (int got = 0; got < length;)
        {
            int part = to.Receive(Crew.Buffer.AsSpan(0, length - got));
            Assert.True(part > 0, "the stream ended");
            Pattern.Default.AssertEqual(Crew.Buffer.AsSpan(0, part), position + got);
            got += part;
        }
    }
}
