using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>A table with a line for each size and a column for each contender, the subject's ratio beside it.</summary>
internal static class ContenderTable
{
    internal static void Write(Markdown report, LoadRun run, Cell[] cells, Metric metric, params Metric[] shares)
    {
        string[] others = [.. run.ContendersOf(cells).Except([Contender.Subject, Contender.Again])];
        report.Table(
            [
                metric.Title, Contender.Subject, "A/A",
                .. others.SelectMany(other => (string[])[other, "ratio"]),
                .. shares.Select(share => share.Title.ToLowerInvariant()),
            ],
            [
                .. cells.Select(cell => (string[])
                [
                    Size.Of(cell.Bytes),
                    Entries.Spread(run, cell, Contender.Subject, metric),
                    Entries.Ratio(run.Ratio(cell, Contender.Again, metric)),
                    .. others.SelectMany(other => (string[])
                    [
                        Entries.Spread(run, cell, other, metric),
                        Entries.Ratio(run.Ratio(cell, other, metric)),
                    ]),
                    .. shares.Select(share => Entries.Median(run, cell, Contender.Subject, share)),
                ]),
                [
                    "geomean", "", Mean(Contender.Again),
                    .. others.SelectMany(other => (string[])["", Mean(other)]),
                    .. shares.Select(_ => ""),
                ],
            ]);

        string Mean(string other)
            => Entries.Ratio(Sample.Geomean(cells.Select(cell => run.Ratio(cell, other, metric))));
    }
}
