using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>Every pair and size in one table, as Go's benchmarks compare before and after: the same relay without
/// splicing and with it. One operation is one send.</summary>
internal static class UserspaceTable
{
    internal static void Write(Markdown report, LoadRun run)
    {
        Row[] rows = [.. run.Cells.Where(cell => cell.Mode == Cell.Throughput).SelectMany(cell => Row.Of(run, cell))];
        if (rows.Length == 0)
        {
            return;
        }

        report.Heading(3, $"{run.Name}: userspace against spliced");
        report.Paragraph(
            "Old is `copyonly`, the relay that copies through its own memory; new is `zerocopy`, the same relay with "
            + "default options. An operation is one send of the client; ns/op and MB/s are two ways to say the same "
            + "median.");
        report.Table(
            ["pair", "size", "old ns/op", "new ns/op", "delta", "old MB/s", "new MB/s", "speedup"],
            rows.Select(row => (string[])
            [
                row.Cell.Pair,
                Size.Of(row.Cell.Bytes),
                Nanoseconds(row.Cell, row.Old),
                Nanoseconds(row.Cell, row.New),
                (row.Old / row.New - 1).ToString("+0.0 %;-0.0 %"),
                row.Old.ToString("F0"),
                row.New.ToString("F0"),
                $"{row.New / row.Old:F2}x",
            ]),
            textColumns: 2);
    }

    private static string Nanoseconds(Cell cell, double mbS) => (cell.Bytes * 1e3 / mbS).ToString("F0");

    /// <param name="Cell">Of the run.</param>
    /// <param name="Old">MB/s in user space.</param>
    /// <param name="New">MB/s spliced.</param>
    private sealed record Row(Cell Cell, double Old, double New)
    {
        internal static IEnumerable<Row> Of(LoadRun run, Cell cell)
            => run.Get(cell, Contender.CopyOnly, Metric.Throughput) is { Median: > 0 } old
                && run.Get(cell, Contender.Subject, Metric.Throughput) is { Median: > 0 } spliced
                    ? [new Row(cell, old.Median, spliced.Median)]
                    : [];
    }
}
