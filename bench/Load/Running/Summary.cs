using Spectre.Console;
using Zerocopy.Bench.Load.Reporting;

namespace Zerocopy.Bench.Load.Running;

/// <summary>The medians of a run, for the one who waits for them.</summary>
internal static class Summary
{
    private const int WidthMin = 110;

    internal static void Print(List<Measurement> rows)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, WidthMin);
        foreach (IGrouping<string, Measurement> mode in rows.GroupBy(row => row.Kind))
        {
            bool isThroughput = mode.Key == Cell.Throughput;
            Table table = new Table().Border(TableBorder.Simple)
                .Title(isThroughput ? "MB/s (relay CPU s/GB)" : "p50 us (relay CPU us per round trip)");
            table.AddColumns(["cell", .. Contender.All.Select(contender => contender.Name)]);
            foreach (var cell in mode.GroupBy(row => (row.Pair, row.Bytes, row.Connections)))
            {
                table.AddRow([
                    $"{cell.Key.Pair} {cell.Key.Bytes} B x {cell.Key.Connections}",
                    .. Contender.All.Select(
                        contender => Entry(cell.Where(row => row.Contender == contender.Name), isThroughput)),
                ]);
            }

            AnsiConsole.Write(table);
        }
    }

    private static string Entry(IEnumerable<Measurement> rows, bool isThroughput)
    {
        Sample? main = Sample.Of(rows.Select(row => isThroughput ? row.MbS : row.P50Us));
        Sample? cpu = Sample.Of(rows.Select(row => isThroughput ? row.CpuSGb : row.CpuUsEach));
        return cpu is null ? $"{main?.Median:F0}" : $"{main?.Median:F0} ({cpu.Value.Median:F3})";
    }
}
