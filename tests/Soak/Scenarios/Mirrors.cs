// A stream and its mirror, in a transfer or in a relay; the mirror waits, lags, or loses its reader.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class Mirrors
{
    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Link from = await round.ConnectAsync();
        Link to = await round.ConnectAsync();
        Content content = round.NewContent();
        bool dies = random.Chance(25);
        Target mirror = await Target.NewAsync(
            round, content.Start, dies ? random.Between(0, (int)content.Bytes) : long.MaxValue);
        ReadOnlyMemory<byte> prefix = round.NewPrefix(content);
        FlowOptions flow = new()
        {
            Mode = round.NewMode(),
            Prefix = prefix,
            Mirror = mirror.Endpoint,
            MirrorOptions = mirror.Options,
        };
        bool isRelay = random.Chance(50);
        round.What = $"{content}, {flow.Mode}, prefix {prefix.Length}, relay {isRelay}, {mirror}";
        Task<Sent> writer = round.Send(from.Far, content.From(prefix.Length));
        Task<Received> reader = round.Receive(to.Far, content.Start);

        TransferResult result = isRelay
            ? await RelayAsync(round, from, to, flow) : await CopyAsync(round, from, to, flow);

        round.What += $": {result}";
        Relays.AssertWhole(round, result, content.Bytes, prefix.Length, flow.Mode);
        Assert.Equal(new Received(content.Bytes, SocketError.Success), await round.Within(reader, "the reader"));
        Assert.Equal(
            new Sent(content.Bytes - prefix.Length, SocketError.Success), await round.Within(writer, "the writer"));
        await mirror.JudgeAsync(result.Mirror, content.Bytes, TeeEnd.EndOfStream, content.Bytes);
    }

    private static async Task<TransferResult> CopyAsync(Round round, Link from, Link to, FlowOptions flow)
    {
        TransferOptions options = new()
        {
            Mode = flow.Mode,
            Prefix = flow.Prefix,
            Mirror = flow.Mirror,
            MirrorOptions = flow.MirrorOptions,
        };
        Outcome outcome = await round.Within(round.Copy(from.Near, to.Near, options), "the transfer");
        to.Near.Shutdown(SocketShutdown.Send);
        Assert.True(outcome.EndedWell, outcome.ToString());
        return outcome.Result;
    }

    private static async Task<TransferResult> RelayAsync(Round round, Link from, Link to, FlowOptions flow)
    {
        Content back = round.NewContent();
        RelayOptions options = new()
        {
            LeftToRight = flow,
            RightToLeft = new FlowOptions { Mode = round.NewMode() },
            CloseEndpoints = round.Random.Chance(50),
        };
        Task<Received> atLeft = round.Receive(from.Far, back.Start);
        Task<Sent> fromRight = round.Send(to.Far, back);
        RelayResult result = await round.Within(Relay.RunAsync(from.Near, to.Near, options).AsTask(), "the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.Equal(new Received(back.Bytes, SocketError.Success), await round.Within(atLeft, "at the left"));
        Assert.Equal(new Sent(back.Bytes, SocketError.Success), await round.Within(fromRight, "from the right"));
        Relays.AssertWhole(round, result.RightToLeft, back.Bytes, 0, options.RightToLeft.Mode);
        return result.LeftToRight;
    }
}
