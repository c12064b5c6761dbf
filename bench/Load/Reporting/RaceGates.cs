namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The gates that a race against other proxies can judge.</summary>
internal static class RaceGates
{
    private const int LargeBytes = 64 * 1024;
    private const string LargeCpu = "relay CPU per GB, TCP, chunks >= 64 KiB";
    private const string BetterProxy = "the better of HAProxy and nginx";

    private static readonly string[] s_proxies = ["haproxy", "nginx"];

    private static readonly Rule[] s_rules =
    [
        new("tput", "cpu_s_gb", ["c-limit"], AtMost(1.15, LargeCpu, "the same in bare C")),
        new("tput", "cpu_s_gb", ["go"], AtMost(0.8, LargeCpu, "Go io.Copy")),
        new("tput", "cpu_s_gb", ["nginx"], AtMost(0.6, LargeCpu, "nginx stream")),
        new("tput", "cpu_s_gb", ["haproxy"], AtMost(0.45, LargeCpu, "HAProxy splice-auto")),
        new("tput", "mb_s", ["c-limit"], AtLeast(0.95, "throughput, TCP, chunks >= 64 KiB", "the same in bare C")),
        new("ping", "cpu_us_each", s_proxies, AtMost(1.05, "relay CPU per round trip", BetterProxy)),
        new("ping", "p50_us", s_proxies, AtMost(1.2, "p50 of a round trip", BetterProxy)),
        new("ping", "p99_us", s_proxies, AtMost(1.2, "p99 of a round trip", BetterProxy)),
        new("churn", "cpu_us_each", ["nginx"], AtMost(1, "relay CPU per connection", "nginx stream"), IsReported: true),
    ];

    internal static IEnumerable<Gate> All => s_rules.Select(rule => rule.Gate);

    internal static IEnumerable<GateRow> Judge(RaceRun run)
        => from rule in s_rules
           from section in run.Sections
           where section.Mode == rule.Mode && (section.Mode != "tput" || section.Bytes >= LargeBytes)
           from row in rule.Gate.Judge(
               run.Name,
               section.Title,
               AgainstBest(rule, section),
               section.Ratio(RaceRun.Again, rule.Metric),
               rule.IsReported)
           select row;

    /// <summary>The ratio to the best of the peers that took part.</summary>
    private static double? AgainstBest(Rule rule, RaceSection section)
    {
        IEnumerable<double?> ratios = rule.Peers.Select(peer => section.Ratio(peer, rule.Metric));
        return rule.Gate.IsCeiling ? ratios.Max() : ratios.Min();
    }

    private static Gate AtMost(double limit, string what, string against)
        => new(what, against, limit, IsCeiling: true);

    private static Gate AtLeast(double limit, string what, string against)
        => new(what, against, limit, IsCeiling: false);

    /// <param name="Mode">The sections it looks at.</param>
    /// <param name="Metric">The column of them.</param>
    /// <param name="Peers">The best of these is the measure.</param>
    /// <param name="Gate">The number to reach.</param>
    /// <param name="IsReported">Shown without a verdict.</param>
    private sealed record Rule(string Mode, string Metric, string[] Peers, Gate Gate, bool IsReported = false);
}
