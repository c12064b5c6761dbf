// One way, and an end that fails or is disposed: what was written has arrived, what was not is given back, and the rest
// is where it was.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class CutTransfers
{
    private enum Fault
    {
        SourcePeer,
        DestinationPeer,
        SourceDisposed,
        DestinationDisposed,
        Idle,
    }

    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Fault fault = (Fault)random.Below(5);
        Link from = await round.ConnectAsync();
        Link to = await round.ConnectAsync();
        Content content = round.NewContent();
        int cut = random.Between(0, (int)content.Bytes);
        TransferOptions options = new()
        {
            Mode = round.NewMode(),
            KeepUndelivered = true,
            IdleTimeout = fault == Fault.Idle ? TimeSpan.FromMilliseconds(100) : Timeout.InfiniteTimeSpan,
        };
        round.What = $"{fault} at {cut} of {content}, {options.Mode}, tcp {from.IsTcp} {to.IsTcp}";
        Task<Sent> writer = round.Send(
            from.Far, content, finishes: fault != Fault.Idle, fault == Fault.SourcePeer ? cut : long.MaxValue);
        Task<Received> reader = round.Receive(
            to.Far, content.Start, fault == Fault.DestinationPeer ? cut : long.MaxValue);
        Task<Outcome> transfer = round.Copy(from.Near, to.Near, options);
        if (fault is Fault.SourceDisposed or Fault.DestinationDisposed)
        {
            await round.Moment();
            Socket disposed = fault == Fault.SourceDisposed ? from.Near : to.Near;
            _ = await round.Within(Crew.Run(disposed.Dispose), "the dispose");
        }

        Outcome outcome = await round.Within(transfer, "the transfer");

        round.What += $": {outcome}";
        round.Count(outcome.Result);
        TransferEnd due = fault switch
        {
            Fault.SourcePeer => TransferEnd.SourceFailed,
            Fault.DestinationPeer => TransferEnd.DestinationFailed,
            Fault.SourceDisposed => TransferEnd.SourceDisposed,
            Fault.DestinationDisposed => TransferEnd.DestinationDisposed,
            _ => TransferEnd.IdleTimeout,
        };
        Assert.True(outcome.EndedBy == due || (outcome.EndedBy == TransferEnd.EndOfStream && fault != Fault.Idle));
        (long consumed, long written) = (outcome.Result.BytesConsumed, outcome.Result.BytesWritten);
        Assert.Equal(consumed - written, outcome.Undelivered.Length);
        Pattern.Default.AssertEqual(outcome.Undelivered.Span, content.Start + written);
        bool isLost = fault is Fault.SourcePeer or Fault.SourceDisposed;
        await JudgeSourceAsync(round, from, content, writer, consumed, isLost);
        bool isGone = fault is Fault.DestinationPeer or Fault.DestinationDisposed;
        await JudgeDestinationAsync(round, to, reader, written, isGone);
    }

    private static async Task JudgeSourceAsync(
        Round round, Link from, Content content, Task<Sent> writer, long consumed, bool isGone)
    {
        if (isGone)
        {
            from.Near.Dispose(); // Or a writer whose reader is gone would wait for ever.
            Assert.InRange(consumed, 0, (await round.Within(writer, "the writer")).Count + Peers.ChunkMax);
            return;
        }

        Task<Received> rest = round.Receive(from.Near, content.Start + consumed);
        Sent sent = await round.Within(writer, "the writer");
        Assert.Equal(new Sent(content.Bytes, SocketError.Success), sent);
        from.Far.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(sent.Count - consumed, SocketError.Success), await round.Within(rest, "the rest"));
    }

    private static async Task JudgeDestinationAsync(
        Round round, Link to, Task<Received> reader, long written, bool isGone)
    {
        if (isGone)
        {
            to.Near.Dispose();
            Assert.InRange((await round.Within(reader, "the reader")).Count, 0, written);
            return;
        }

        to.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(written, SocketError.Success), await round.Within(reader, "the reader"));
    }
}
