// A pipe whose source fails, whose destination is gone, or that is disposed itself: what has left it has arrived, and
// its tees have a beginning of the stream that is no shorter.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class CutPipes
{
    private enum Fault
    {
        SourcePeer,
        DestinationPeer,
        PipeDisposed,
    }

    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Fault fault = (Fault)random.Below(3);
        Link from = await round.ConnectAsync();
        Link to = await round.ConnectAsync();
        Content content = round.NewContent();
        int cut = random.Between(0, (int)content.Bytes);
        Pipe pipe = round.Own(Pipe.Create(Environment.SystemPageSize * random.Between(1, 64)));
        round.What = $"{fault} at {cut} of {content}, pipe of {pipe.Capacity}";
        List<(Target Target, Tee Tee)> tees = await Pipes.TeeAsync(round, pipe, content.Start);
        _ = round.Send(from.Far, content, resetAfter: fault == Fault.SourcePeer ? cut : long.MaxValue);
        Task<Received> reader = round.Receive(
            to.Far, content.Start, fault == Fault.DestinationPeer ? cut : long.MaxValue);
        Task<Outcome> fill = Pipes.Fill(round, pipe, from.Near);
        Task<Outcome> drain = Pipes.Drain(round, pipe, to.Near);
        if (fault == Fault.PipeDisposed)
        {
            await round.Moment();
            _ = await round.Within(Crew.Run(pipe.Dispose), "the dispose");
        }

        Outcome drained = await round.Within(drain, "WriteTo");
        round.What += $": drained {drained}";
        pipe.Dispose(); // Nobody else empties it: whoever fills it would wait for ever.
        Outcome filled = await round.Within(fill, "ReadFrom");
        round.What += $", filled {filled}";
        round.Count(drained.Result);
        round.Count(filled.Result);
        TransferEnd due = fault switch
        {
            Fault.SourcePeer => TransferEnd.SourceFailed,
            Fault.DestinationPeer => TransferEnd.DestinationFailed,
            _ => TransferEnd.SourceDisposed,
        };
        Assert.True(drained.EndedBy == due || drained.EndedBy == TransferEnd.EndOfStream);
        Assert.InRange(drained.Result.BytesConsumed, 0, filled.Result.BytesWritten);
        Assert.True(!drained.EndedWell || drained.Result.BytesWritten == filled.Result.BytesWritten);
        Assert.Equal(drained.Result.BytesConsumed - drained.Result.BytesWritten, drained.Undelivered.Length);
        to.Near.Shutdown(SocketShutdown.Send);
        Received received = await round.Within(reader, "the reader");
        if (fault == Fault.DestinationPeer)
        {
            Assert.InRange(received.Count, 0, drained.Result.BytesWritten);
        }
        else
        {
            Assert.Equal(new Received(drained.Result.BytesWritten, SocketError.Success), received);
        }

        foreach ((Target target, Tee tee) in tees)
        {
            TeeResult result = await round.Within(tee.Completion, $"the tee into a {target}");

            // The pipe may be disposed in the very moment when its stream ends: then the one or the other is told.
            bool isEnd = drained.EndedWell || (filled.EndedWell && result.EndedBy == TeeEnd.EndOfStream);
            TeeEnd end = isEnd ? TeeEnd.EndOfStream : TeeEnd.SourceClosed;
            await target.JudgeAsync(result, filled.Result.BytesWritten, end, drained.Result.BytesWritten);
        }
    }
}
