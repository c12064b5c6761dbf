using Zerocopy.Bench.Load.Plotting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of one file of results.</summary>
internal static class LoadTables
{
    internal static void Write(Markdown report, LoadRun run)
    {
        report.Heading(2, $"Load: {run.Name}");
        report.Paragraph(Entries.Origin(run));
        UserspaceTable.Write(report, run);
        foreach (IGrouping<string, Cell> pair in run.Cells.GroupBy(cell => cell.Pair))
        {
            string title = pair.Key.Replace("-", " to ");
            report.Heading(3, $"{run.Name}: {title}");
            LoadPlots.Write(report, run, [.. pair.Where(cell => cell.Mode == Cell.Throughput)], title);
            foreach (Metric metric in (Metric[])
                [Metric.Throughput, Metric.CpuPerGb, Metric.P50, Metric.P99, Metric.CpuPerTrip])
            {
                Write(report, run, [.. pair.Where(cell => cell.Mode == metric.Mode)], metric);
            }
        }
    }

    private static void Write(Markdown report, LoadRun run, Cell[] cells, Metric metric)
    {
        if (cells.Length == 0)
        {
            return;
        }

        bool isThroughput = metric == Metric.Throughput;
        bool hasDirect = cells.Any(cell => run.Get(cell, Contender.Direct, metric) is not null);
        report.Table(
            [
                metric.Title, Contender.Subject, "A/A", Contender.CopyOnly, "A/A", "ratio", Contender.NetworkStream,
                "ratio",
                .. hasDirect ? [Contender.Direct] : Array.Empty<string>(),
                .. isThroughput ? [Metric.Spliced.Title.ToLowerInvariant()] : Array.Empty<string>(),
            ],
            [
                .. cells.Select(cell => (string[])
                [
                    isThroughput || metric.Mode == Cell.Throughput
                        ? Size.Of(cell.Bytes) : $"{Size.Of(cell.Bytes)} x {cell.Connections}",
                    Entries.Spread(run, cell, Contender.Subject, metric),
                    Entries.Ratio(run.Ratio(cell, Contender.Again, metric)),
                    Entries.Spread(run, cell, Contender.CopyOnly, metric),
                    Entries.Ratio(run.Ratio(cell, Contender.CopyOnly, Contender.CopyOnlyAgain, metric)),
                    Entries.Ratio(run.Ratio(cell, Contender.CopyOnly, metric)),
                    Entries.Spread(run, cell, Contender.NetworkStream, metric),
                    Entries.Ratio(run.Ratio(cell, Contender.NetworkStream, metric)),
                    .. hasDirect ? [Entries.Spread(run, cell, Contender.Direct, metric)] : Array.Empty<string>(),
                    .. isThroughput
                        ? [Entries.Median(run, cell, Contender.Subject, Metric.Spliced)]
                        : Array.Empty<string>(),
                ]),
                Geomeans(run, cells, metric, (hasDirect ? 1 : 0) + (isThroughput ? 1 : 0)),
            ]);
    }

    private static string[] Geomeans(LoadRun run, Cell[] cells, Metric metric, int empty)
    {
        return
        [
            "geomean", "", Mean(Contender.Subject, Contender.Again), "",
            Mean(Contender.CopyOnly, Contender.CopyOnlyAgain), Mean(Contender.Subject, Contender.CopyOnly), "",
            Mean(Contender.Subject, Contender.NetworkStream), .. Enumerable.Repeat("", empty),
        ];

        string Mean(string one, string other)
            => Entries.Ratio(Sample.Geomean(cells.Select(cell => run.Ratio(cell, one, other, metric))));
    }
}
