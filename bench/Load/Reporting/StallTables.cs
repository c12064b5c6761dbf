using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of <c>run --only stall</c>.</summary>
internal static class StallTables
{
    private static readonly Metric[] s_ping = [Metric.P50, Metric.P99];
    private static readonly Metric[] s_memory = [Metric.Managed, Metric.Resident];

    internal static void Write(Markdown report, LoadRun run)
    {
        foreach (Cell cell in run.Cells)
        {
            bool isPing = cell.Pair == StallStage.Ping;
            Metric[] metrics = [.. isPing ? s_ping : [Metric.Throughput], .. s_memory];
            report.Heading(3, $"{run.Name}: {cell.Pair} {Size.Of(cell.Bytes)} x {cell.Connections}");
            report.Table(
                [
                    "contender",
                    .. metrics.Select(metric => metric.Title),
                    .. isPing ? ["p99 by plain's"] : Array.Empty<string>(),
                    Metric.Lagged.Title,
                ],
                run.ContendersOf(cell).Select(contender => (string[])
                [
                    contender,
                    .. metrics.Select(metric => Entries.Spread(run, cell, contender, metric)),
                    .. isPing
                        ? [Entries.Ratio(run.Ratio(cell, contender, Contender.Plain, Metric.P99))]
                        : Array.Empty<string>(),
                    Entries.Median(run, cell, contender, Metric.Lagged),
                ]));
        }
    }
}
