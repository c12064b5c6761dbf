namespace Zerocopy.Bench.Load.Reporting;

/// <summary>Which gates are met, in short and in full.</summary>
internal static class GateTables
{
    /// <summary>A line for each gate and run.</summary>
    internal static void WriteSummary(Markdown report, IEnumerable<Gate> gates, IReadOnlyCollection<GateRow> rows)
    {
        report.Table(
            ["gate", "against", "ratio", "run", "cells met", "worst ratio", "its A/A spread", "verdict"],
            gates.SelectMany(gate =>
            {
                IGrouping<string, GateRow>[] runs = [.. rows.Where(row => row.Gate == gate).GroupBy(row => row.Run)];
                return runs.Length == 0
                    ? [[gate.What, gate.Against, gate.Bound, "-", "-", "-", "-", "no data"]]
                    : runs.Select(run => Summary(gate, run));
            }),
            textColumns: 4);
    }

    internal static void WriteAll(Markdown report, IEnumerable<GateRow> rows)
        => report.Table(
            ["run", "gate", "against", "cell", "ratio", "gate", "A/A spread", "verdict"],
            rows.Select(row => (string[])
            [
                row.Run, row.Gate.What, row.Gate.Against, row.Cell,
                row.Ratio.ToString("F2"), row.Gate.Bound, row.Spread.ToString("F2"), row.Verdict,
            ]),
            textColumns: 4);

    private static string[] Summary(Gate gate, IGrouping<string, GateRow> run)
    {
        GateRow[] judged = [.. run.Where(row => !row.IsReported)];
        GateRow worst = (judged.Length == 0 ? run : judged.AsEnumerable()).MaxBy(row => row.Excess)!;
        int met = judged.Count(row => row.IsMet);
        int narrowly = judged.Count(row => row.IsMet && row.Excess > 0);
        string verdict = judged.Length == 0 ? "reported"
            : met < judged.Length ? "**not met**"
            : narrowly > 0 ? $"met, {narrowly} within the spread"
            : "met";
        string cells = judged.Length == 0 ? "-" : $"{met} of {judged.Length}";
        return
        [
            gate.What, gate.Against, gate.Bound, run.Key, cells,
            $"{worst.Ratio:F2} ({worst.Cell})", worst.Spread.ToString("F2"), verdict,
        ];
    }
}
