using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The README's table, between its two marks: what a proxy costs, of the run <c>race-cubic</c>.</summary>
internal static class ReadmeNumbers
{
    private const string RunName = "race-cubic";
    private const string Begin = "<!-- numbers, by bench/Load report -->\n";
    private const string End = "<!-- /numbers -->";
    private const string Tcp = "tcp-tcp";

    private static readonly (string Title, Cell Cell, Metric Metric)[] s_rows =
    [
        ("64 KiB writes", new Cell(Cell.Throughput, Tcp, 64 << 10, 1), Metric.CpuPerGb),
        ("512 KiB writes", new Cell(Cell.Throughput, Tcp, 512 << 10, 1), Metric.CpuPerGb),
        ("256 KiB writes, 8 connections", new Cell(Cell.Throughput, Tcp, 256 << 10, 8), Metric.CpuPerGb),
        ("ping 1 B, 1 connection", new Cell(Cell.Ping, Tcp, 1, 1), Metric.CpuPerTrip),
        ("ping 1 KiB, 50 connections", new Cell(Cell.Ping, Tcp, 1 << 10, 50), Metric.CpuPerTrip),
        ("connect, 64 B, close", new Cell(Cell.Churn, Tcp, 64, 1), Metric.CpuPerTrip with { Mode = Cell.Churn }),
    ];

    private static readonly (string Title, string Contender)[] s_others =
    [
        ("its copies only", Contender.CopyOnly),
        ("Go `io.Copy`", RaceField.Go),
        ("nginx stream", RaceField.Nginx),
        ("HAProxy splice", RaceField.HaProxy),
        ("socat", RaceField.Socat),
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
            $"The sample proxy on {environment.Cores} cores, loopback, Linux {environment.Kernel.Split('-')[0]}, "
            + $"{environment.CongestionControl}; medians of {options.Reps} interleaved\nrepetitions of "
            + $"{options.Seconds} s. Relay CPU in seconds per GB, and in microseconds per round trip or "
            + "connection; in brackets ours by theirs; ours ran twice.");
        numbers.Table(
            ["", "Zerocopy", .. s_others.Select(other => other.Title)],
            s_rows.Select(row => (string[])
            [
                row.Title,
                race.TwinMedian(row.Cell, Contender.Subject, row.Metric)?.ToString(row.Metric.Format) ?? "-",
                .. s_others.Select(other => Beside(race, row.Cell, other.Contender, row.Metric)),
            ]));
        return numbers.ToString();
    }

    private static string Beside(LoadRun race, Cell cell, string contender, Metric metric)
        => race.TwinRatio(cell, Contender.Subject, contender, metric) is { } ratio
            ? $"{Entries.Median(race, cell, contender, metric)} ({Entries.Ratio(ratio)})"
            : Entries.Ratio(null);
}
