// Streams of .NET as ends: from one to a socket, from a socket to one, and from one to another.
using System.Net.Sockets;
using Xunit;

namespace Zerocopy.Soak.Scenarios;

internal static class Streams
{
    internal static async Task RunAsync(Round round)
    {
        Content content = round.NewContent();
        Link? from = round.Random.Chance(50) ? await round.ConnectAsync() : null;
        Link? to = round.Random.Chance(from is null ? 70 : 30) ? await round.ConnectAsync() : null;
        PatternStream source = round.Own(new PatternStream(content, round.Random.Next()));
        PatternStream destination = round.Own(new PatternStream(content, round.Random.Next()));
        TransferOptions options = new() { Mode = round.NewMode(canSplice: false) };
        round.What = $"{content}, socket to {(to is null ? "stream" : "socket")} {from is not null}";
        Task<Sent>? writer = from is null ? null : round.Send(from.Far, content);
        Task<Received>? reader = to is null ? null : round.Receive(to.Far, content.Start);

        Outcome outcome = await round.Within(
            round.Copy(
                from is null ? source : from.Near, to is null ? destination : (TransferEndpoint)to.Near, options),
            "the transfer");

        round.What += $": {outcome}";
        Assert.True(outcome.EndedWell);
        Relays.AssertWhole(round, outcome.Result, content.Bytes, 0, options.Mode);
        to?.Near.Shutdown(SocketShutdown.Send);
        if (writer is not null)
        {
            Assert.Equal(new Sent(content.Bytes, SocketError.Success), await round.Within(writer, "the writer"));
        }

        if (reader is not null)
        {
            Assert.Equal(new Received(content.Bytes, SocketError.Success), await round.Within(reader, "the reader"));
        }
        else
        {
            Assert.Equal(content.Bytes, destination.Position);
        }
    }
}
