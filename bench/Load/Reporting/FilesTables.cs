using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of <c>run --only files</c>.</summary>
internal static class FilesTables
{
    private static readonly Metric s_cpu = Metric.CpuPerGb with { Title = "CPU, seconds per GB" };
    private static readonly Metric s_inKernel = Metric.Spliced with { Title = "In the kernel" };

    internal static void Write(Markdown report, LoadRun run)
    {
        foreach (IGrouping<string, Cell> pair in run.Cells.GroupBy(cell => cell.Pair))
        {
            report.Heading(3, $"{run.Name}: {pair.Key.Replace("-", " to ")}");
            ContenderTable.Write(report, run, [.. pair], Metric.Throughput, s_inKernel);
            ContenderTable.Write(report, run, [.. pair], s_cpu);
        }
    }
}
