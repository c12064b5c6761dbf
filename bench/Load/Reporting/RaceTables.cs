using Zerocopy.Bench.Load.Plotting;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The tables of one race.</summary>
internal static class RaceTables
{
    private static readonly Dictionary<string, string> s_titles = new()
    {
        ["mb_s"] = "MB/s",
        ["cpu_s_gb"] = "CPU s/GB",
        ["per_s"] = "per s",
        ["p50_us"] = "p50 us",
        ["p99_us"] = "p99 us",
        ["cpu_us_each"] = "CPU us each",
    };

    internal static void Write(Markdown report, RaceRun run)
    {
        report.Heading(2, $"Race: {run.Name}");
        if (run.Preamble.Count > 0)
        {
            report.Paragraph(string.Join("; ", run.Preamble) + ".");
        }

        RacePlots.Write(report, run);
        foreach (RaceSection section in run.Sections)
        {
            report.Table(
                [
                    section.Title,
                    .. section.Metrics.SelectMany(
                        metric => (string[])[s_titles.GetValueOrDefault(metric, metric), "ratio"]),
                ],
                section.Peers.Select(peer => (string[])
                [
                    peer == RaceRun.Subject ? $"**{peer}**" : peer,
                    .. section.Metrics.SelectMany(metric => (string[])
                    [
                        Value(section.Median(peer, metric)),
                        section.Ratio(peer, metric)?.ToString("F2") ?? "-",
                    ]),
                ]));
        }
    }

    private static string Value(double? value) => value switch
    {
        null => "-",
        >= 100 => value.Value.ToString("F0"),
        >= 10 => value.Value.ToString("F1"),
        _ => value.Value.ToString("F3"),
    };
}
