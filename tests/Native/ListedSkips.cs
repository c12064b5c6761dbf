// What cannot be done where this runs, as eng/allowed-skips.txt says.
namespace Zerocopy.Native;

/// <summary>The lines of the list with one condition.</summary>
internal sealed class ListedSkips
{
    private readonly List<(string Pattern, string Why)> _lines = [];

    internal static ListedSkips None { get; } = new();

    internal static ListedSkips Read(string condition, string file)
    {
        ListedSkips skips = new();
        foreach (string line in File.ReadLines(file))
        {
            if (line.Split(" | ") is [string pattern, string word, string why] && word == condition && line[0] != '#')
            {
                skips._lines.Add((pattern, why));
            }
        }

        return skips;
    }

    /// <param name="names">The method, and the row of a theory.</param>
    /// <returns>Null where it can run.</returns>
    internal string? Reason(params ReadOnlySpan<string> names)
    {
        foreach ((string pattern, string why) in _lines)
        {
            foreach (string name in names)
            {
                bool matches = pattern[^1] == '*'
                    ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
                    : name == pattern;
                if (matches)
                {
                    return why;
                }
            }
        }

        return null;
    }
}
