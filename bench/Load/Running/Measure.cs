using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Takes one measurement, and refuses it where a byte is missing.</summary>
internal static class Measure
{
    internal static Task<Measurement> TakeAsync(
        Stage stage, Cell cell, Contender contender, int rep, RunOptions options)
        => cell.Mode == Cell.Ping
            ? PingAsync(stage, cell, contender, rep, options)
            : ThroughputAsync(stage, cell, contender, rep, options);

    private static async Task<Measurement> ThroughputAsync(
        Stage stage, Cell cell, Contender contender, int rep, RunOptions options)
    {
        TimeSpan duration = TimeSpan.FromSeconds(options.Seconds);
        Usage before = await Usage.AskAsync(stage.RelayOf(contender), "cpu");
        stage.Receiver.Command($"receive {cell.TargetKind} {cell.Bytes} {options.Verify} 0");
        stage.Sender.Command($"send {stage.DoorOf(contender, cell)} {cell.Bytes} {options.Seconds} {options.Verify}");
        string[] received = await stage.Receiver.ExpectAsync("received", duration);
        string[] sent = await stage.Sender.ExpectAsync("sent", duration);
        Usage used = await Usage.AskAsync(stage.RelayOf(contender), "drain") - before;

        long bytes = long.Parse(received[0]);
        BenchException.Require(bytes == long.Parse(sent[0]), $"sent {sent[0]} bytes, received {bytes}");
        if (contender.Counts)
        {
            BenchException.Require(
                used.Moved.Spliced + used.Moved.Buffered == bytes, $"received {bytes} bytes, the relay counted {used}");
            BenchException.Require(
                contender.Kind != RelayKind.CopyOnly || used.Moved.Spliced == 0, $"copy-only has spliced {used}");
        }

        return Measurement.Of(cell, contender, rep) with
        {
            MbS = Math.Round(bytes / 1e6 / double.Parse(received[1]), 2),
            CpuSGb = stage.RelayOf(contender) is null ? null : Math.Round(used.CpuMicroseconds * 1e3 / bytes, 5),
            SplicedShare = contender.Counts ? Math.Round((double)used.Moved.Spliced / bytes, 4) : null,
        };
    }

    private static async Task<Measurement> PingAsync(
        Stage stage, Cell cell, Contender contender, int rep, RunOptions options)
    {
        ChildProcess? relay = stage.RelayOf(contender);
        stage.Receiver.Command($"echo {cell.TargetKind} {cell.Connections}");
        await stage.Sender.AskAsync(
            $"connect {stage.DoorOf(contender, cell)} {cell.Bytes} {cell.Connections}", "connected");
        Usage before = await Usage.AskAsync(relay, "cpu");
        string[] answer = await stage.Sender.AskAsync(
            $"ping {options.Seconds}", "pinged", TimeSpan.FromSeconds(options.Seconds));
        Usage used = await Usage.AskAsync(relay, "cpu") - before;
        await stage.Sender.AskAsync("close", "closed");
        await stage.Receiver.ExpectAsync("echoed", default);
        await Usage.AskAsync(relay, "drain");

        long trips = long.Parse(answer[0]);
        return Measurement.Of(cell, contender, rep) with
        {
            PerS = Math.Round(trips / double.Parse(answer[1]), 1),
            P50Us = Math.Round(double.Parse(answer[2]), 2),
            P99Us = Math.Round(double.Parse(answer[3]), 2),
            CpuUsEach = relay is null ? null : Math.Round((double)used.CpuMicroseconds / trips, 3),
        };
    }
}
