using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The gates that a race against other proxies can judge.</summary>
internal static class RaceGates
{
    private const int LargeBytes = 64 * 1024;
    private const string LargeCpu = "relay CPU per GB, TCP, chunks >= 64 KiB";
    private const string LargeThroughput = "throughput, TCP, chunks >= 64 KiB";
    private const string BetterProxy = "the better of HAProxy and nginx";

    private static readonly string[] s_proxies = [RaceField.HaProxy, RaceField.Nginx];

    private static readonly Rule[] s_rules =
    [
        new(Metric.CpuPerGb, [RaceField.CLimit], AtMost(1.15, LargeCpu, "the same in bare C")),
        new(Metric.CpuPerGb, [Contender.NetworkStream], AtMost(0.4, LargeCpu, "NetworkStream.CopyToAsync")),
        new(Metric.CpuPerGb, [RaceField.Go], AtMost(0.8, LargeCpu, "Go io.Copy")),
        new(Metric.CpuPerGb, [RaceField.Nginx], AtMost(0.6, LargeCpu, "nginx stream")),
        new(Metric.CpuPerGb, [RaceField.HaProxy], AtMost(0.45, LargeCpu, "HAProxy splice-auto")),
        new(Metric.Throughput, [RaceField.CLimit], AtLeast(0.95, LargeThroughput, "the same in bare C")),
        new(Metric.CpuPerTrip, s_proxies, AtMost(1.05, "relay CPU per round trip", BetterProxy)),
        new(Metric.P50, s_proxies, AtMost(1.2, "p50 of a round trip", BetterProxy)),
        new(Metric.P99, s_proxies, AtMost(1.2, "p99 of a round trip", BetterProxy)),
        new(Metric.CpuPerTrip with { Mode = Cell.Churn }, s_proxies, AtMost(1, "CPU per connection", BetterProxy)),
        new(Metric.P50 with { Mode = Cell.Churn }, s_proxies, AtMost(1.1, "p50 of a connection", BetterProxy)),
    ];

    internal static IEnumerable<Gate> All => s_rules.Select(rule => rule.Gate);

    internal static IEnumerable<GateRow> Judge(LoadRun run)
        => from rule in s_rules
           from cell in run.Cells
           where cell.Mode == rule.Metric.Mode && (cell.Mode != Cell.Throughput || cell.Bytes >= LargeBytes)
           let peer = BestOf(run, rule, cell)
           from row in rule.Gate.Judge(
               run.Name,
               RaceTables.Title(cell),
               run.TwinRatio(cell, Contender.Subject, peer, rule.Metric),
               run.TwinSpread(cell, Contender.Subject, peer, rule.Metric))
           select row;

    /// <summary>The best in a cell of the peers that took part.</summary>
    private static string BestOf(LoadRun run, Rule rule, Cell cell)
    {
        double? Ratio(string peer) => run.TwinRatio(cell, Contender.Subject, peer, rule.Metric);
        return rule.Gate.IsCeiling ? rule.Peers.MaxBy(Ratio)! : rule.Peers.MinBy(Ratio)!;
    }

    private static Gate AtMost(double limit, string what, string against)
        => new(what, against, limit, IsCeiling: true);

    private static Gate AtLeast(double limit, string what, string against)
        => new(what, against, limit, IsCeiling: false);

    /// <param name="Metric">Of the cells of its mode.</param>
    /// <param name="Peers">The best of these is the measure.</param>
    /// <param name="Gate">The number to reach.</param>
    private sealed record Rule(Metric Metric, string[] Peers, Gate Gate);
}
