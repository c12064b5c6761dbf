using System.Text.Json;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>A file of results, as read back.</summary>
internal sealed class LoadRun
{
    private readonly ILookup<(Cell Cell, string Contender), Measurement> _rows;

    private LoadRun(string name, RunEnvironment environment, List<Measurement> rows)
    {
        Name = name;
        Environment = environment;
        Cells = [.. rows.Select(CellOf).Distinct()];
        _rows = rows.ToLookup(row => (CellOf(row), row.Contender));
    }

    internal string Name { get; }

    internal RunEnvironment Environment { get; }

    /// <summary>In the order of their measurement.</summary>
    internal Cell[] Cells { get; }

    internal static LoadRun Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0)
        {
            throw new InvalidDataException("empty");
        }

        return new LoadRun(
            Path.GetFileNameWithoutExtension(path),
            JsonSerializer.Deserialize<RunEnvironment>(lines[0], ResultFile.Json)!,
            [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize<Measurement>(line, ResultFile.Json)!)]);
    }

    internal Sample? Get(Cell cell, string contender, Metric metric)
        => Sample.Of(_rows[(cell, contender)].Select(metric.Of));

    /// <summary>Median of the subject by median of the other; null where one was not measured.</summary>
    internal double? Ratio(Cell cell, string other, Metric metric)
        => Get(cell, Contender.Subject, metric)?.Median / Get(cell, other, metric)?.Median;

    private static Cell CellOf(Measurement row) => new(row.Kind, row.Pair, row.Bytes, row.Connections);
}
