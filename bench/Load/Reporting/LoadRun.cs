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
        => Ratio(cell, Contender.Subject, other, metric);

    /// <summary>Median of the one by median of the other; null where one was not measured.</summary>
    internal double? Ratio(Cell cell, string one, string other, Metric metric)
        => Get(cell, one, metric)?.Median / Get(cell, other, metric)?.Median;

    /// <summary>As <see cref="Ratio(Cell, string, string, Metric)"/>, each with all repetitions of its twin: what gates
    /// judge.</summary>
    internal double? TwinRatio(Cell cell, string one, string other, Metric metric)
        => TwinMedian(cell, one, metric) / TwinMedian(cell, other, metric);

    /// <summary>Of all repetitions of a contender and its twin.</summary>
    internal double? TwinMedian(Cell cell, string contender, Metric metric)
        => Sample.Of(WithTwin(cell, contender, metric))?.Median;

    /// <summary>What noise does to it: that of the noisier one.</summary>
    internal double TwinSpread(Cell cell, string one, string other, Metric metric)
        => new[] { one, other }.Max(name => Noise.SpreadOf([.. WithTwin(cell, name, metric).OfType<double>()]));

    /// <summary>It is a run of one of <see cref="RunOptions.AloneModes"/>.</summary>
    internal bool IsOnly(string mode) => Environment.Options.Modes is [string only] && only == mode;

    /// <summary>Gates are about loopback.</summary>
    internal bool IsOnLoopback => Environment.Options.Network == Network.Loopback;

    /// <summary>Who took part in one of these cells.</summary>
    internal string[] ContendersOf(params Cell[] cells)
        => Contender.InOrder(
            _rows.Select(rows => rows.Key).Where(key => cells.Contains(key.Cell)).Select(key => key.Contender));

    private IEnumerable<double?> WithTwin(Cell cell, string contender, Metric metric)
        => Contender.WithTwin(contender).SelectMany(name => _rows[(cell, name)]).Select(metric.Of);

    private static Cell CellOf(Measurement row) => new(row.Kind, row.Pair, row.Bytes, row.Connections);
}
