using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The gates of a mirror that stalls.</summary>
internal static class StallGates
{
    private const string NoOne = "-";

    private static readonly Gate s_latency =
        new("p99 of a live client whose mirror stalls, detach", "the same without a mirror", 1.25, IsCeiling: true);

    private static readonly Gate s_managed =
        new("managed memory of a relay whose mirror stalls", NoOne, 4, IsCeiling: true);

    private static readonly Gate s_resident =
        new("resident memory of a relay whose mirror stalls", NoOne, 4, IsCeiling: true);

    internal static Gate[] All { get; } = [s_latency, s_managed, s_resident];

    internal static IEnumerable<GateRow> Judge(LoadRun run)
    {
        foreach (Cell cell in run.Cells.Where(cell => cell.Mode == Cell.Stall))
        {
            IEnumerable<GateRow> rows = s_latency.Judge(
                run.Name,
                $"{cell.Pair} {Size.Of(cell.Bytes)}",
                run.TwinRatio(cell, Contender.Detach, Contender.Plain, Metric.P99),
                run.TwinSpread(cell, Contender.Detach, Contender.Plain, Metric.P99));
            foreach (GateRow row in rows.Concat(Memory(run, cell, Contender.Detach))
                .Concat(Memory(run, cell, Contender.Wait)))
            {
                yield return row;
            }
        }
    }

    /// <summary>The worst of the repetitions counts, and nothing is forgiven.</summary>
    private static IEnumerable<GateRow> Memory(LoadRun run, Cell cell, string contender)
        => s_managed.Judge(run.Name, $"{cell.Pair}, {contender}", run.Get(cell, contender, Metric.Managed)?.Max)
            .Concat(s_resident.Judge(
                run.Name, $"{cell.Pair}, {contender}", run.Get(cell, contender, Metric.Resident)?.Max));
}
