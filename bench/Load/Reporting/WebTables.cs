namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of <c>run --only web</c>.</summary>
internal static class WebTables
{
    private static readonly Metric[] s_metrics =
    [
        Metric.P50 with { Title = "Request, p50 in us" },
        Metric.P99 with { Title = "Request, p99 in us" },
        Metric.CpuPerTrip with { Title = "Server CPU, us per request" },
    ];

    internal static void Write(Markdown report, LoadRun run)
    {
        ContenderTable.Write(report, run, run.Cells, Metric.RequestsPerSecond);
        foreach (Metric metric in s_metrics)
        {
            ContenderTable.Write(report, run, run.Cells, metric);
        }
    }
}
