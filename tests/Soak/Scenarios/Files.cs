// Files, from a position on: sent, stored and copied, now and then cancelled, and the position is right afterwards.
using System.Net.Sockets;
using Xunit;

namespace Zerocopy.Soak.Scenarios;

internal static class Files
{
    internal static async Task OutAsync(Round round)
    {
        Link to = await round.ConnectAsync();
        FileStream file = round.Own(SoakFiles.OpenSource());
        Content content = Place(round);
        bool hasPosition = round.Random.Chance(50);
        file.Position = hasPosition ? content.Start : 0;
        TransferEndpoint source = hasPosition
            ? file : TransferEndpoint.FromHandle(file.SafeFileHandle, content.Start);
        round.What = $"{content}, by position {hasPosition}";
        Task<Received> reader = round.Receive(to.Far, content.Start);

        Outcome outcome = await RunAsync(round, source, to.Near, content);

        to.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(
            new Received(outcome.Result.BytesWritten, SocketError.Success), await round.Within(reader, "the reader"));
        Assert.Equal(hasPosition ? content.Start + outcome.Result.BytesConsumed : 0, file.Position);
    }

    internal static async Task InAsync(Round round)
    {
        Link from = await round.ConnectAsync();
        FileStream file = round.Own(SoakFiles.Create());
        Content content = round.NewContent();
        long position = round.Random.Chance(50) ? round.Random.Between(0, 10_000) : 0;
        file.Position = position;
        round.What = $"{content} to {position}";
        Task<Sent> writer = round.Send(from.Far, content);

        Outcome outcome = await RunAsync(round, from.Near, file, content);

        Task<Received> rest = round.Receive(from.Near, content.Start + outcome.Result.BytesConsumed);
        Assert.Equal(new Sent(content.Bytes, SocketError.Success), await round.Within(writer, "the writer"));
        Assert.Equal(
            new Received(content.Bytes - outcome.Result.BytesConsumed, SocketError.Success),
            await round.Within(rest, "the rest"));
        await AssertHoldsAsync(round, file, position, content, outcome.Result.BytesWritten);
    }

    internal static async Task CopyAsync(Round round)
    {
        FileStream source = round.Own(SoakFiles.OpenSource());
        FileStream destination = round.Own(SoakFiles.Create());
        Content content = Place(round);
        source.Position = content.Start;
        round.What = $"{content}";

        Outcome outcome = await RunAsync(round, source, destination, content);

        Assert.Equal(content.Start + outcome.Result.BytesConsumed, source.Position);
        await AssertHoldsAsync(round, destination, 0, content, outcome.Result.BytesWritten);
    }

    /// <summary>A part of the file that is read.</summary>
    private static Content Place(Round round)
    {
        Content content = round.NewContent();
        return content with { Bytes = Math.Min(content.Bytes, SoakFiles.SourceBytes - content.Start) };
    }

    private static async Task<Outcome> RunAsync(
        Round round, TransferEndpoint source, TransferEndpoint destination, Content content)
    {
        using CancellationTokenSource cancel = new();
        TransferOptions options = new() { Mode = round.NewMode(), LimitBytes = content.Bytes };
        Task<Outcome> transfer = round.Copy(source, destination, options, cancel.Token);
        if (round.Random.Chance(25))
        {
            await round.Moment();
            await cancel.CancelAsync();
        }

        Outcome outcome = await round.Within(transfer, "the transfer");
        round.What += $", {options.Mode}: {outcome}";
        round.Count(outcome.Result);
        Assert.True(outcome.EndedBy is TransferEnd.LimitReached or TransferEnd.Canceled);
        Assert.InRange(outcome.Result.BytesWritten, 0, outcome.Result.BytesConsumed);
        Assert.True(
            !outcome.EndedWell
                || (outcome.Result.BytesConsumed == content.Bytes && outcome.Result.BytesWritten == content.Bytes));
        return outcome;
    }

    private static async Task AssertHoldsAsync(
        Round round, FileStream file, long position, Content content, long written)
    {
        Assert.Equal(position + written, file.Position);
        _ = await round.Within(
            round.Peer(() =>
            {
                SoakFiles.AssertHolds(file, written == 0 ? file.Length : position, content with { Bytes = written });
                return true;
            }),
            "the file");
    }
}
