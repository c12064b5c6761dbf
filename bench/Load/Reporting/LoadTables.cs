using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of one file of results.</summary>
internal static class LoadTables
{
    private static readonly string[] s_others = [Contender.Again, Contender.CopyOnly, Contender.NetworkStream];

    internal static void Write(Markdown report, LoadRun run)
    {
        RunEnvironment environment = run.Environment;
        RunOptions options = environment.Options;
        report.Heading(2, $"Load: {run.Name}");
        report.Paragraph(
            $"Congestion control **{environment.CongestionControl}**, {environment.Cpu}, {environment.Cores} cores, "
            + $"Linux {environment.Kernel}, {environment.Runtime}, commit {environment.Commit}, {environment.Started}; "
            + $"{options.Reps} repetitions of {options.Seconds} s{(options.Verify ? ", content checked" : "")}.");
        foreach (IGrouping<string, Cell> pair in run.Cells.GroupBy(cell => cell.Pair))
        {
            report.Heading(3, $"{run.Name}: {pair.Key.Replace("-", " to ")}");
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
                metric.Title, Contender.Subject, "A/A", Contender.CopyOnly, "ratio", Contender.NetworkStream, "ratio",
                .. hasDirect ? [Contender.Direct] : Array.Empty<string>(),
                .. isThroughput ? [Metric.Spliced.Title.ToLowerInvariant()] : Array.Empty<string>(),
            ],
            [
                .. cells.Select(cell => (string[])
                [
                    isThroughput || metric.Mode == Cell.Throughput
                        ? Size.Of(cell.Bytes) : $"{Size.Of(cell.Bytes)} x {cell.Connections}",
                    Spread(run, cell, Contender.Subject, metric),
                    Ratio(run.Ratio(cell, Contender.Again, metric)),
                    Spread(run, cell, Contender.CopyOnly, metric),
                    Ratio(run.Ratio(cell, Contender.CopyOnly, metric)),
                    Spread(run, cell, Contender.NetworkStream, metric),
                    Ratio(run.Ratio(cell, Contender.NetworkStream, metric)),
                    .. hasDirect ? [Spread(run, cell, Contender.Direct, metric)] : Array.Empty<string>(),
                    .. isThroughput
                        ? [Median(run, cell, Metric.Spliced)]
                        : Array.Empty<string>(),
                ]),
                Geomeans(run, cells, metric, (hasDirect ? 1 : 0) + (isThroughput ? 1 : 0)),
            ]);
    }

    private static string[] Geomeans(LoadRun run, Cell[] cells, Metric metric, int empty)
    {
        string[] means =
        [
            .. s_others.Select(other => Ratio(Sample.Geomean(cells.Select(cell => run.Ratio(cell, other, metric))))),
        ];
        return ["geomean", "", means[0], "", means[1], "", means[2], .. Enumerable.Repeat("", empty)];
    }

    private static string Median(LoadRun run, Cell cell, Metric metric)
        => run.Get(cell, Contender.Subject, metric)?.Median.ToString(metric.Format) ?? "-";

    private static string Spread(LoadRun run, Cell cell, string contender, Metric metric)
    {
        if (run.Get(cell, contender, metric) is not { } sample)
        {
            return "-";
        }

        string Number(double value) => value.ToString(metric.Format);
        return $"{Number(sample.Median)} ({Number(sample.Min)}-{Number(sample.Max)})";
    }

    private static string Ratio(double? ratio) => ratio?.ToString("F2") ?? "-";
}
