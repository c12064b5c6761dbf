// Names the cases of the catalogue that a test covers.
using System.Globalization;
using Xunit.v3;

namespace Zerocopy.Conformance.Harness;

/// <summary>One trait "Case" for each ID; <c>Z-17..Z-24</c> is a range, both ends included.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class CasesAttribute(params string[] cases) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits()
        => [.. cases.SelectMany(Expand).Select(id => KeyValuePair.Create("Case", id))];

    private static IEnumerable<string> Expand(string text)
    {
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
        {
            return [text];
        }

        string first = text[..dots];
        string last = text[(dots + 2)..];
        int dash = first.IndexOf('-', StringComparison.Ordinal);
        int from = int.Parse(first.AsSpan(dash + 1), CultureInfo.InvariantCulture);
        int to = int.Parse(last.AsSpan(last.IndexOf('-', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
        return Enumerable.Range(from, to - from + 1)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{first[..dash]}-{number:D2}"));
    }
}
