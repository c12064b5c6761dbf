// A mirrored transfer that is cancelled, that loses an end, or that stops because its mirror has failed: everybody has
// a beginning of the stream, and nobody more than was taken.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class CutMirrors
{
    private enum Fault
    {
        Cancel,
        SourcePeer,
        DestinationPeer,
        Mirror,
    }

    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Fault fault = (Fault)random.Below(4);
        Link from = await round.ConnectAsync();
        Link to = await round.ConnectAsync();
        Content content = round.NewContent();
        int cut = random.Between(0, (int)content.Bytes);
        Target mirror = await Target.NewAsync(round, content.Start, fault == Fault.Mirror ? cut : long.MaxValue);
        using CancellationTokenSource cancel = new();
        TransferOptions options = new()
        {
            Mode = round.NewMode(),
            KeepUndelivered = true,
            Mirror = mirror.Endpoint,
            MirrorOptions = mirror.Options with { OnFailure = TeeFailure.Stop },
        };
        round.What = $"{fault} at {cut} of {content}, {options.Mode}, {mirror}";
        _ = round.Send(from.Far, content, resetAfter: fault == Fault.SourcePeer ? cut : long.MaxValue);
        Task<Received> reader = round.Receive(
            to.Far, content.Start, fault == Fault.DestinationPeer ? cut : long.MaxValue);
        Task<Outcome> transfer = round.Copy(from.Near, to.Near, options, cancel.Token);
        if (fault == Fault.Cancel)
        {
            await round.Moment();
            await cancel.CancelAsync();
        }

        Outcome outcome = await round.Within(transfer, "the transfer");

        round.What += $": {outcome}";
        round.Count(outcome.Result);
        TransferEnd due = fault switch
        {
            Fault.Cancel => TransferEnd.Canceled,
            Fault.SourcePeer => TransferEnd.SourceFailed,
            Fault.DestinationPeer => TransferEnd.DestinationFailed,
            _ => TransferEnd.MirrorFailed,
        };
        Assert.True(outcome.EndedBy == due || outcome.EndedBy == TransferEnd.EndOfStream);
        (long consumed, long written) = (outcome.Result.BytesConsumed, outcome.Result.BytesWritten);
        Assert.Equal(consumed - written, outcome.Undelivered.Length);
        Pattern.Default.AssertEqual(outcome.Undelivered.Span, content.Start + written);
        to.Near.Shutdown(SocketShutdown.Send);
        Received received = await round.Within(reader, "the reader");
        if (fault == Fault.DestinationPeer)
        {
            Assert.InRange(received.Count, 0, written);
        }
        else
        {
            Assert.Equal(new Received(written, SocketError.Success), received);
        }

        if (outcome.Result.Mirror is null)
        {
            Assert.Equal((TransferEnd.Canceled, 0), (outcome.EndedBy, consumed)); // Before it began.
            return;
        }

        // A cancel that comes when only the mirror is not ready yet leaves that one behind.
        TeeEnd end = !outcome.EndedWell ? TeeEnd.SourceClosed
            : fault == Fault.Cancel && outcome.Result.Mirror.EndedBy == TeeEnd.Lagged ? TeeEnd.Lagged
            : TeeEnd.EndOfStream;
        await mirror.JudgeAsync(outcome.Result.Mirror, consumed, end, written);
    }
}
