// One stream in as many transfers as it is cancelled: what each gives back is the next one's prefix, and nothing is
// lost.
using System.Net.Sockets;
using Xunit;

namespace Zerocopy.Soak.Scenarios;

internal static class Resumes
{
    private const int CancelsMax = 20;

    internal static async Task RunAsync(Round round)
    {
        Link from = await round.ConnectAsync();
        Link to = await round.ConnectAsync();
        Content content = round.NewContent();
        Task<Sent> writer = round.Send(from.Far, content);
        Task<Received> reader = round.Receive(to.Far, content.Start);
        ReadOnlyMemory<byte> undelivered = default;
        long consumed = 0;
        long written = 0;
        bool isOver = false;
        for (int cancels = 0; !isOver; cancels++)
        {
            using CancellationTokenSource cancel = new();
            TransferOptions options = new() { Mode = round.NewMode(), Prefix = undelivered, KeepUndelivered = true };
            Task<Outcome> transfer = round.Copy(from.Near, to.Near, options, cancel.Token);
            if (cancels < CancelsMax)
            {
                await round.Moment();
                await cancel.CancelAsync();
            }

            Outcome outcome = await round.Within(transfer, "a transfer");
            round.What = $"{content}, after {cancels} cancels, {consumed} consumed, {written} written, {options.Mode}, "
                + $"prefix {options.Prefix.Length}: {outcome}";
            round.Count(outcome.Result);
            consumed += outcome.Result.BytesConsumed;
            written += outcome.Result.BytesWritten;
            undelivered = outcome.Undelivered;
            isOver = outcome.EndedWell;
            Assert.True(isOver || outcome.EndedBy == TransferEnd.Canceled);
            Assert.Equal(consumed - written, undelivered.Length);
            Pattern.Default.AssertEqual(undelivered.Span, content.Start + written);
        }

        to.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(content.Bytes, SocketError.Success), await round.Within(reader, "the reader"));
        Assert.Equal(new Sent(content.Bytes, SocketError.Success), await round.Within(writer, "the writer"));
        Assert.Equal((content.Bytes, content.Bytes), (consumed, written));
    }
}
