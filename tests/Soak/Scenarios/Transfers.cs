// One way between two sockets, with a limit, a prefix and a rate: what is not taken stays for whoever reads next.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class Transfers
{
    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Link from = await round.ConnectAsync();
        Link to = await round.ConnectAsync();
        Content content = round.NewContent();
        ReadOnlyMemory<byte> prefix = round.NewPrefix(content);
        long sent = content.Bytes - prefix.Length;
        TransferOptions options = new()
        {
            Mode = round.NewMode(),
            Prefix = prefix,
            LimitBytes = random.Chance(40) ? random.Between(1, (int)sent + 1000) : null,
            BytesPerSecond = random.Chance(10) ? Math.Max(content.Bytes * 4, 100_000) : null,
        };
        round.What = $"{content}, {options}";
        Task<Sent> writer = round.Send(from.Far, content.From(prefix.Length));
        Task<Received> reader = round.Receive(to.Far, content.Start);

        Outcome outcome = await round.Within(round.Copy(from.Near, to.Near, options), "the transfer");

        round.What += $": {outcome}";
        round.Count(outcome.Result);
        long consumed = Math.Min(sent, options.LimitBytes ?? sent);
        Assert.True(outcome.EndedWell);
        Assert.Equal(
            (consumed, consumed + prefix.Length), (outcome.Result.BytesConsumed, outcome.Result.BytesWritten));
        Assert.Equal(
            options.LimitBytes <= sent ? TransferEnd.LimitReached : TransferEnd.EndOfStream, outcome.EndedBy);
        to.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(
            new Received(consumed + prefix.Length, SocketError.Success), await round.Within(reader, "the reader"));
        Received rest = await round.Within(
            round.Receive(from.Near, content.Start + prefix.Length + consumed), "the rest");
        Assert.Equal(new Received(sent - consumed, SocketError.Success), rest);
        Assert.Equal(new Sent(sent, SocketError.Success), await round.Within(writer, "the writer"));
    }
}
