using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary><c>run --only stall</c>: what a mirror whose reader stalls from the beginning costs the live client, and
/// the relay's memory. Its pairs are round trips, and as much as goes through.</summary>
internal static class StallStage
{
    internal const string Ping = "ping";
    internal const string Push = "push";
    internal const int SecondsMax = 20; // Well under Address.Patience, with which a sender waits for a mirror.

    private const int SendBufferBytes = 64 * 1024;
    private const double SecondsUntilLag = 5;

    private static readonly Contender s_plain = new(Contender.Plain, RelayKind.Zerocopy);
    private static readonly Contender s_again = new(Contender.PlainAgain, RelayKind.Zerocopy);
    private static readonly Contender s_detach = new(Contender.Detach, RelayKind.Detach);
    private static readonly Contender s_wait = new(Contender.Wait, RelayKind.Zerocopy);

    internal static string[] Pairs { get; } = [Ping, Push];

    /// <summary>With <see cref="TeeLag.Wait"/> the live client waits as well: there is nothing to ping.</summary>
    internal static Scene Scene(RunOptions options) => new(
        [
            .. options.Pairs.Select(pair => pair == Ping
                ? new Cell(Cell.Stall, Ping, 1 << 10, 8)
                : new Cell(Cell.Stall, Push, 64 << 10, 1)),
        ],
        cell => cell.Pair == Ping ? [s_plain, s_again, s_detach] : [s_plain, s_detach, s_wait],
        () => Stage.SetAsync(
            "tcp-tcp",
            [s_plain, s_again, s_detach, s_wait],
            isMirrored: true,
            Network.Loopback,
            (stage, cell, contender, rep) => TakeAsync(stage, cell, contender, rep, options)));

    private static async Task<Measurement> TakeAsync(
        Stage stage, Cell cell, Contender contender, int rep, RunOptions options)
    {
        ChildProcess relay = stage.RelayOf(contender)!;
        bool isMirrored = contender == s_detach || contender == s_wait;
        if (isMirrored)
        {
            await relay.AskAsync($"mirror {stage.Copies.Ready[0]} {SendBufferBytes}", "mirroring");
        }

        (long managed, long resident) = await MemoryAsync(relay);
        Usage before = await Usage.AskAsync(relay, "cpu");
        (Measurement row, (long managedAfter, long residentAfter)) = cell.Pair == Ping
            ? await PingAsync(stage, cell, relay, options.Seconds)
            : await PushAsync(stage, cell, relay, options, contender == s_wait);
        Usage used = await Usage.AskAsync(relay, "drain") - before;
        if (contender == s_detach)
        {
            await stage.Copies.AskAsync("discard tcp", "discarded");
            BenchException.Require(
                options.Seconds < SecondsUntilLag || used.Moved.Lagged == cell.Connections,
                $"{used.Moved.Lagged} of {cell.Connections} mirrors were detached: this is no stall");
        }

        return row with
        {
            Contender = contender.Name,
            Rep = rep,
            ManagedMib = Mib(managedAfter - managed),
            ResidentMib = Mib(residentAfter - resident),
            Lagged = isMirrored ? used.Moved.Lagged : null,
        };
    }

    private static async Task<(Measurement Row, (long Managed, long Resident) Memory)> PingAsync(
        Stage stage, Cell cell, ChildProcess relay, double seconds)
    {
        stage.Receiver.Command($"echo tcp {cell.Connections}");
        await stage.Sender.AskAsync($"connect {relay.Ready[0]} {cell.Bytes} {cell.Connections}", "connected");
        string[] answer = await stage.Sender.AskAsync($"ping {seconds}", "pinged", TimeSpan.FromSeconds(seconds));
        (long Managed, long Resident) memory = await MemoryAsync(relay);
        await stage.Sender.AskAsync("close", "closed");
        await stage.Receiver.ExpectAsync("echoed", default);
        return (Measurement.Of(cell, s_plain, 0) with
        {
            PerS = Math.Round(long.Parse(answer[0]) / double.Parse(answer[1]), 1),
            P50Us = Math.Round(double.Parse(answer[2]), 2),
            P99Us = Math.Round(double.Parse(answer[3]), 2),
        }, memory);
    }

    /// <summary>With <see cref="TeeLag.Wait"/> the mirror's reader goes on after the stall, and must get
    /// everything.</summary>
    private static async Task<(Measurement Row, (long Managed, long Resident) Memory)> PushAsync(
        Stage stage, Cell cell, ChildProcess relay, RunOptions options, bool goesOn)
    {
        TimeSpan duration = TimeSpan.FromSeconds(options.Seconds);
        string receive = $"receive tcp {cell.Bytes} {options.Verify} 0";
        stage.Receiver.Command(receive);
        stage.Sender.Command($"send {relay.Ready[0]} {cell.Bytes} {options.Seconds} {options.Verify}");
        await Task.Delay(duration);
        (long Managed, long Resident) memory = await MemoryAsync(relay);
        if (goesOn)
        {
            stage.Copies.Command(receive);
        }

        string[] received = await stage.Receiver.ExpectAsync("received", duration);
        string[] sent = await stage.Sender.ExpectAsync("sent", duration);
        string[] copied = goesOn ? await stage.Copies.ExpectAsync("received", duration) : received;
        BenchException.Require(received[0] == sent[0], $"sent {sent[0]} bytes, received {received[0]}");
        BenchException.Require(received[0] == copied[0], $"received {received[0]} bytes, copied {copied[0]}");
        return (Measurement.Of(cell, s_plain, 0) with
        {
            MbS = Math.Round(long.Parse(received[0]) / 1e6 / double.Parse(received[1]), 2),
        }, memory);
    }

    private static async Task<(long Managed, long Resident)> MemoryAsync(ChildProcess relay)
    {
        string[] words = await relay.AskAsync("memory", "memory");
        return (long.Parse(words[0]), long.Parse(words[1]));
    }

    private static double Mib(long bytes) => Math.Round(bytes / 1024.0 / 1024.0, 3);
}
