using Zerocopy.Bench.Load.Plotting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of <c>run --only tee</c>.</summary>
internal static class TeeTables
{
    internal static void Write(Markdown report, LoadRun run)
    {
        foreach (IGrouping<string, Cell> pair in run.Cells.GroupBy(cell => cell.Pair))
        {
            string title = $"copy to a {pair.Key}";
            report.Heading(3, $"{run.Name}: {title}");
            LoadPlots.Write(report, run, [.. pair], title);
            ContenderTable.Write(
                report, run, [.. pair], Metric.Throughput, Metric.Spliced, Metric.Teed, Metric.Copied);
            ContenderTable.Write(report, run, [.. pair], Metric.CpuPerGb);
        }
    }
}
