using Zerocopy.Bench.Load.Reporting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>Plots of what depends on the bytes of a send.</summary>
internal static class LoadPlots
{
    private const int SizesMin = 3; // Fewer are read off the table.

    internal static void Write(Markdown report, LoadRun run, Cell[] cells, string what)
    {
        if (cells.Length < SizesMin)
        {
            return;
        }

        string subject = $"{run.Name}, {what}";
        string file = $"{run.Name}-{cells[0].Pair}";
        report.Figure(Of(run, cells, Metric.Throughput) with
        {
            Name = $"{file}-throughput",
            Kind = PlotKind.Lines,
            Title = $"{subject}: throughput",
            ValueLabel = "MB/s",
        });
        report.Figure(Of(run, cells, Metric.CpuPerGb) with
        {
            Name = $"{file}-cpu",
            Kind = PlotKind.LogarithmicLines,
            Title = $"{subject}: CPU of the relay process",
            ValueLabel = "CPU seconds per GB",
        });
    }

    private static Plot Of(LoadRun run, Cell[] cells, Metric metric)
    {
        IEnumerable<string> contenders = run.ContendersOf(cells)
            .Where(contender => !Contender.IsTwin(contender))
            .OrderBy(Palette.LookOf);
        return new Plot
        {
            Name = "",
            Kind = default,
            Title = "",
            GroupLabel = "bytes per send",
            ValueLabel = "",
            Groups = [.. cells.Select(cell => Size.Of(cell.Bytes))],
            Positions = [.. cells.Select(cell => Math.Log2(cell.Bytes))],
            Series =
            [
                .. contenders
                    .Select(contender => new PlotSeries(
                        contender,
                        Palette.LookOf(contender),
                        [.. cells.Select(cell => run.Get(cell, contender, metric))]))
                    .Where(series => series.Values.Any(value => value is not null)),
            ],
        };
    }
}
