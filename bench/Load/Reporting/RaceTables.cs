using Zerocopy.Bench.Load.Plotting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of <c>run --only race</c>: one for each cell, a line for each contender.</summary>
internal static class RaceTables
{
    private static readonly Metric[] s_throughput =
        [Metric.Throughput, Metric.CpuPerGb with { Title = "CPU s/GB" }];

    private static readonly Metric[] s_latency =
    [
        Metric.RequestsPerSecond with { Title = "per s" },
        Metric.P50 with { Title = "p50 us" },
        Metric.P99 with { Title = "p99 us" },
        Metric.P999 with { Title = "p99.9 us" },
        Metric.CpuPerTrip with { Title = "CPU us each" },
    ];

    private static readonly Metric[] s_idle = [Metric.RssEach, Metric.PssEach, Metric.IdleCpu];

    internal static void Write(Markdown report, LoadRun run)
    {
        Dictionary<string, string> peers = run.Environment.Peers ?? [];
        report.Paragraph(
            $"With {string.Join(", ", peers.Select(peer => $"{peer.Key} {peer.Value}").DefaultIfEmpty("no others"))}."
            + (run.Environment.Missing is [_, ..] missing ? $" Not installed: {string.Join(", ", missing)}." : ""));
        RacePlots.Write(report, run);
        foreach (Cell cell in run.Cells)
        {
            Metric[] metrics = cell.Mode switch
            {
                Cell.Throughput => s_throughput,
                Cell.Idle => s_idle,
                _ => s_latency,
            };
            report.Table(
                [Title(cell), .. metrics.SelectMany(metric => (string[])[metric.Title, "ratio"])],
                run.ContendersOf(cell).Select(contender => (string[])
                [
                    contender == Contender.Subject ? $"**{contender}**" : contender,
                    .. metrics.SelectMany(metric => (string[])
                    [
                        Entries.Spread(run, cell, contender, metric),
                        Entries.Ratio(run.Ratio(cell, contender, metric)),
                    ]),
                ]));
        }
    }

    internal static string Title(Cell cell) => $"{cell.Mode} {Size.Of(cell.Bytes)} x {cell.Connections}";
}
