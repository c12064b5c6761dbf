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
            string[] contenders = Contender.InOrder(mode.Select(row => row.Contender));
            Table table = new Table().Border(TableBorder.Simple).Title(Markup.Escape(Title(mode.Key)));
            table.AddColumns(["cell", .. contenders]);
            foreach (var cell in mode.GroupBy(row => (row.Pair, row.Bytes, row.Connections)))
            {
                table.AddRow([
                    $"{cell.Key.Pair} {cell.Key.Bytes} B x {cell.Key.Connections}",
                    .. contenders.Select(contender => Entry([.. cell.Where(row => row.Contender == contender)])),
                ]);
            }

            AnsiConsole.Write(table);
        }
    }

    private static string Title(string mode) => mode switch
    {
        Cell.Ping => "p50 us (relay CPU us per round trip)",
        Cell.Churn => "churn: p50 us (CPU us per connection)",
        Cell.Idle => "idle: RSS, KiB per connection (PSS)",
        Cell.Stall => "p99 us, or MB/s (relay resident memory, MiB more)",
        _ => $"{mode}: MB/s (CPU s/GB)",
    };

    private static string Entry(Measurement[] rows)
    {
        Sample? main = Sample.Of(rows.Select(
            row => row.MbS ?? row.RssKibEach ?? (row.Kind == Cell.Stall ? row.P99Us : row.P50Us)));
        Sample? cost = Sample.Of(rows.Select(row => row.CpuSGb ?? row.CpuUsEach ?? row.ResidentMib ?? row.PssKibEach));
        return cost is null ? $"{main?.Median:F0}" : $"{main?.Median:F0} ({cost.Value.Median:F3})";
    }
}
