using Zerocopy.Bench.Load.Reporting;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>The plot of a race: what a byte costs each proxy.</summary>
internal static class RacePlots
{
    private const string CpuPerGb = "cpu_s_gb";
    private const int LargeBytes = 64 * 1024;

    /// <summary>The same once more, and a sketch of it: nobody's rivals.</summary>
    private static readonly string[] s_leftOut = [RaceRun.Again, "prototype"];

    private static readonly Dictionary<string, string> s_names = new()
    {
        [RaceRun.Subject] = "zerocopy",
        ["copyonly"] = "zerocopy, copying",
        ["c-limit"] = "bare C",
        ["go"] = "Go io.Copy",
        ["nginx"] = "nginx stream",
        ["haproxy"] = "HAProxy splice",
    };

    internal static void Write(Markdown report, RaceRun run)
    {
        RaceSection[] sections =
        [
            .. run.Sections.Where(section => section.Bytes >= LargeBytes && section.Metrics.Contains(CpuPerGb)),
        ];
        string[] peers =
        [
            .. sections.SelectMany(section => section.Peers).Distinct().Except(s_leftOut)
                .Where(peer => Mean(peer) is not null)
                .OrderBy(Mean),
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
                .. sections.Select((section, i) => new PlotSeries(
                    $"{Size.Of(section.Bytes)}, {Connections(section.Connections)}",
                    i,
                    [.. peers.Select(peer => Sample.Of([section.Median(peer, CpuPerGb)]))])),
            ],
        });

        static string Connections(int count) => count == 1 ? "1 connection" : $"{count} connections";

        double? Mean(string peer) => Sample.Geomean(sections.Select(section => section.Median(peer, CpuPerGb)));
    }
}
