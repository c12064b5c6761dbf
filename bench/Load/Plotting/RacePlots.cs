using Zerocopy.Bench.Load.Reporting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>The plot of a race: what a byte costs each proxy.</summary>
internal static class RacePlots
{
    private const int LargeBytes = 64 * 1024;

    private static readonly Dictionary<string, string> s_names = new()
    {
        [Contender.Subject] = "zerocopy",
        [Contender.CopyOnly] = "zerocopy, copying",
        [RaceField.CLimit] = "bare C",
        [RaceField.Go] = "Go io.Copy",
        [RaceField.Nginx] = "nginx stream",
        [RaceField.HaProxy] = "HAProxy splice",
        [RaceField.HaProxyCopy] = "HAProxy copying",
        [Contender.NetworkStream] = "NetworkStream",
        [RaceField.Kestrel] = "Kestrel",
    };

    internal static void Write(Markdown report, LoadRun run)
    {
        Cell[] cells =
            [.. run.Cells.Where(cell => cell.Mode == Cell.Throughput && cell.Bytes >= LargeBytes)];
        string[] peers =
        [
            // The same once more is nobody's rival.
            .. run.ContendersOf(cells).Where(peer => peer != Contender.Again && Mean(peer) is not null).OrderBy(Mean),
        ];
        if (peers.Length == 0)
        {
            return;
        }

        report.Figure(new Plot
        {
            Name = $"{run.Name}-cpu",
            Kind = PlotKind.Bars,
            Title = $"{run.Name}: CPU of each proxy for large writes over TCP, less is better",
            GroupLabel = "",
            ValueLabel = "CPU seconds per GB",
            Groups = [.. peers.Select(peer => s_names.GetValueOrDefault(peer, peer))],
            Positions = [.. peers.Select((_, i) => (double)i)],
            Series =
            [
                .. cells.Select((cell, i) => new PlotSeries(
                    $"{Size.Of(cell.Bytes)}, {Connections(cell.Connections)}",
                    i,
                    [.. peers.Select(peer => run.Get(cell, peer, Metric.CpuPerGb))])),
            ],
        });

        static string Connections(int count) => count == 1 ? "1 connection" : $"{count} connections";

        double? Mean(string peer)
            => Sample.Geomean(cells.Select(cell => run.Get(cell, peer, Metric.CpuPerGb)?.Median));
    }
}
