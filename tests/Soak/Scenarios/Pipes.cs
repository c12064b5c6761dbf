// A pipe of the user's that is filled, drained and teed at once.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

internal static class Pipes
{
    internal static async Task RunAsync(Round round)
    {
        SimRandom random = round.Random;
        Link from = await round.ConnectAsync();
        Link to = await round.ConnectAsync();
        Content content = round.NewContent();
        Pipe pipe = round.Own(Pipe.Create(Environment.SystemPageSize * random.Between(1, 64)));
        round.What = $"{content}, pipe of {pipe.Capacity}";
        List<(Target Target, Tee Tee)> tees = await TeeAsync(round, pipe, content.Start);
        Task<Sent> writer = round.Send(from.Far, content);
        Task<Received> reader;
        Task<Outcome>? drain = null;
        Task<Outcome> fill = Fill(round, pipe, from.Near);
        if (random.Chance(70))
        {
            reader = round.Receive(to.Far, content.Start);
            drain = Drain(round, pipe, to.Near);
        }
        else
        {
            reader = round.Receive(pipe, content.Start);
        }

        Outcome filled = await round.Within(fill, "ReadFrom");
        round.What += $": filled {filled}";
        Relays.AssertWhole(round, filled.Result, content.Bytes, 0, TransferMode.Auto);
        if (drain is not null)
        {
            Outcome drained = await round.Within(drain, "WriteTo");
            round.What += $", drained {drained}";
            Relays.AssertWhole(round, drained.Result, content.Bytes, 0, TransferMode.Auto);
            to.Near.Shutdown(SocketShutdown.Send);
        }

        Assert.Equal(new Received(content.Bytes, SocketError.Success), await round.Within(reader, "the reader"));
        Assert.Equal(new Sent(content.Bytes, SocketError.Success), await round.Within(writer, "the writer"));
        foreach ((Target target, Tee tee) in tees)
        {
            TeeResult result = await round.Within(tee.Completion, $"the tee into a {target}");
            await target.JudgeAsync(result, content.Bytes, TeeEnd.EndOfStream, content.Bytes);
        }
    }

    /// <summary>None, one, or a few.</summary>
    internal static async Task<List<(Target Target, Tee Tee)>> TeeAsync(Round round, Pipe pipe, long start)
    {
        List<(Target Target, Tee Tee)> tees = [];
        for (int more = round.Random.Below(4); more > 0; more--)
        {
            Target target = await Target.NewAsync(round, start);
            tees.Add((target, pipe.Tee(target.Endpoint, target.Options)));
            round.What += $", {target}";
        }

        return tees;
    }

    internal static Task<Outcome> Fill(Round round, Pipe pipe, Socket source) => Outcome.Of(
        round.Random.Chance(30) ? Crew.Run(() => pipe.ReadFrom(source)) : pipe.ReadFromAsync(source).AsTask());

    internal static Task<Outcome> Drain(Round round, Pipe pipe, Socket destination) => Outcome.Of(
        round.Random.Chance(30) ? Crew.Run(() => pipe.WriteTo(destination)) : pipe.WriteToAsync(destination).AsTask());
}
