using System.Text.RegularExpressions;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>The output of a race against other proxies: sections with a line of headings, then a line of medians for
/// each peer.</summary>
internal sealed partial class RaceRun
{
    internal const string Extension = ".race.txt";
    internal const string Subject = "yours";
    internal const string Again = "again";

    private RaceRun(string name) => Name = name;

    internal string Name { get; }

    /// <summary>What stands before the first section.</summary>
    internal List<string> Preamble { get; } = [];

    internal List<RaceSection> Sections { get; } = [];

    internal static RaceRun Read(string path)
    {
        RaceRun run = new(Path.GetFileName(path)[..^Extension.Length]);
        foreach (string line in File.ReadLines(path).Where(line => line.Trim().Length > 0))
        {
            Match heading = Heading().Match(line);
            if (heading.Success)
            {
                string[] metrics = [.. Words(heading.Groups["columns"].Value).Where(word => word != "ratio")];
                run.Sections.Add(new RaceSection(
                    heading.Groups["mode"].Value,
                    int.Parse(heading.Groups["bytes"].Value),
                    int.Parse(heading.Groups["connections"].Value),
                    metrics));
            }
            else if (run.Sections.Count == 0)
            {
                run.Preamble.Add(line.Trim());
            }
            else
            {
                run.Sections[^1].Add(Words(line));
            }
        }

        return run;
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"^(?<mode>tput|ping|churn) (?<bytes>\d+) B x (?<connections>\d+)\s+(?<columns>.+)$")]
    private static partial Regex Heading();
}

/// <summary>One scenario of a race.</summary>
internal sealed record RaceSection(string Mode, int Bytes, int Connections, string[] Metrics)
{
    private readonly Dictionary<string, double?[]> _medians = [];

    internal string Title => $"{Mode} {Size.Of(Bytes)} x {Connections}";

    /// <summary>In the order of the file.</summary>
    internal IEnumerable<string> Peers => _medians.Keys;

    /// <summary>A peer's line: its name, then a median and a ratio for each metric. The ratio is rounded: ours are
    /// taken from the medians.</summary>
    internal void Add(string[] words)
    {
        if (words.Length != 1 + (2 * Metrics.Length))
        {
            throw new InvalidDataException($"{Title}: not a line of medians: {string.Join(' ', words)}");
        }

        IEnumerable<double> medians = Metrics.Select((_, i) => double.Parse(words[1 + (2 * i)]));
        _medians[words[0]] = [.. medians.Select(median => median > 0 ? median : (double?)null)];
    }

    internal double? Median(string peer, string metric)
        => Array.IndexOf(Metrics, metric) is >= 0 and int column && _medians.TryGetValue(peer, out double?[]? row)
            ? row[column]
            : null;

    internal double? Ratio(string peer, string metric) => Median(RaceRun.Subject, metric) / Median(peer, metric);
}
