using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The README's table, between its two marks: what a proxy costs, of the run <c>race-cubic</c>.</summary>
internal static class ReadmeNumbers
{
    private const string RunName = "race-cubic";
    private const string Begin = "<!-- numbers, by bench/Load report -->\n";
    private const string End = "<!-- /numbers -->";
    private const string Tcp = "tcp-tcp";

    private static readonly Metric s_bytes = Metric.Throughput;
    private static readonly Metric s_trips = Metric.P50;

    // What is first in a cell, and what it costs the relay.
    private static readonly (string Title, Cell Cell, Metric Speed, Metric Cost)[] s_rows =
    [
        ("64 KiB writes", new Cell(Cell.Throughput, Tcp, 64 << 10, 1), s_bytes, Metric.CpuPerGb),
        ("512 KiB writes", new Cell(Cell.Throughput, Tcp, 512 << 10, 1), s_bytes, Metric.CpuPerGb),
        ("256 KiB writes, 8 connections", new Cell(Cell.Throughput, Tcp, 256 << 10, 8), s_bytes, Metric.CpuPerGb),
        ("1 B there and back", new Cell(Cell.Ping, Tcp, 1, 1), s_trips, Metric.CpuPerTrip),
        ("1 KiB, 50 connections", new Cell(Cell.Ping, Tcp, 1 << 10, 50), s_trips, Metric.CpuPerTrip),
        ("connect, 64 B, close", new Cell(Cell.Churn, Tcp, 64, 1),
            s_trips with { Mode = Cell.Churn }, Metric.CpuPerTrip with { Mode = Cell.Churn }),
    ];

    private static readonly (string Title, string Contender)[] s_contenders =
    [
        ("`NetworkStream`", Contender.NetworkStream),
        ("**Zerocopy**", Contender.Subject),
        ("Go `io.Copy`", RaceField.Go),
        ("nginx stream", RaceField.Nginx),
        ("HAProxy splice", RaceField.HaProxy),
        ("Kestrel handler", RaceField.Kestrel),
        ("bare C", RaceField.CLimit),
    ];

    /// <summary>The README as its results want it; as it is, where they are missing.</summary>
    internal static string In(string readme, IEnumerable<LoadRun> runs)
    {
        if (runs.FirstOrDefault(run => run.Name == RunName) is not { } race)
        {
            return readme;
        }

        int begin = readme.IndexOf(Begin, StringComparison.Ordinal);
        int end = readme.IndexOf(End, StringComparison.Ordinal);
        BenchException.Require(begin >= 0 && end > begin, $"README.md has lost {Begin.Trim()} or {End}");
        return readme[..(begin + Begin.Length)] + Numbers(race) + readme[end..];
    }

    private static string Numbers(LoadRun race)
    {
        RunEnvironment environment = race.Environment;
        RunOptions options = environment.Options;
        Markdown numbers = new();
        numbers.Paragraph(
            $"A proxy between client and server on {environment.Cores} cores, loopback, Linux "
            + $"{environment.Kernel.Split('-')[0]}, {environment.CongestionControl}; medians of {options.Reps} "
            + $"interleaved\nrepetitions of {options.Seconds} s. First the speed, then the proxy's CPU. Writes: MB/s, and "
            + "seconds of CPU per GB.\nRound trips and connections: median time in \u00b5s, and \u00b5s of CPU for each.");
        numbers.Table(
            ["", .. s_contenders.Select(contender => contender.Title)],
            s_rows.Select(row => (string[])
            [
                row.Title,
                .. s_contenders.Select(contender =>
                    $"{Median(race, row.Cell, contender.Contender, row.Speed)} \u00b7 "
                    + Median(race, row.Cell, contender.Contender, row.Cost)),
            ]));
        return numbers.ToString();
    }

    private static string Median(LoadRun race, Cell cell, string contender, Metric metric)
        => race.TwinMedian(cell, contender, metric)?.ToString(metric.Format) ?? "-";
}
