using Spectre.Console;
using Zerocopy.Bench.Load.Reporting;

namespace Zerocopy.Bench.Load.Running;

/// <summary>How this build does against another one, beside how it does against itself: a ratio that is within the
/// spread of its own says nothing.</summary>
internal static class AgainstTable
{
    internal static void Print(List<Measurement> rows)
    {
        if (!rows.Exists(row => row.Contender == Contender.Against))
        {
            return;
        }

        Table table = new Table().Border(TableBorder.Simple)
            .Title("this / against: medians of the rounds' ratios, and their spread");
        table.AddColumns(["cell", "speed", "A/A", "CPU", "A/A"]);
        foreach (var cell in rows.GroupBy(row => (row.Kind, row.Pair, row.Bytes, row.Connections)))
        {
            table.AddRow([
                $"{cell.Key.Kind} {cell.Key.Pair} {cell.Key.Bytes} B x {cell.Key.Connections}",
                Ratio([.. cell], Contender.Against, row => row.MbS ?? 1 / row.P50Us),
                Ratio([.. cell], Contender.Again, row => row.MbS ?? 1 / row.P50Us),
                Ratio([.. cell], Contender.Against, row => row.CpuSGb ?? row.CpuUsEach),
                Ratio([.. cell], Contender.Again, row => row.CpuSGb ?? row.CpuUsEach),
            ]);
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Within each round, so that what slows a whole round is in both.</summary>
    private static string Ratio(Measurement[] rows, string other, Func<Measurement, double?> value)
    {
        Dictionary<int, double?> others = rows.Where(row => row.Contender == other)
            .ToDictionary(row => row.Rep, value);
        Sample? ratios = Sample.Of(rows.Where(row => row.Contender == Contender.Subject)
            .Select(row => value(row) / others.GetValueOrDefault(row.Rep))); // Another build may lack a cell.
        return ratios is { } known ? $"{known.Median:F3} ({known.Min:F2}..{known.Max:F2})" : "-";
    }
}
