// Reads the two lists of case IDs: what there is, and what is covered elsewhere.
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Zerocopy.Conformance.Meta;

/// <summary>One line of a list: some cases of one family, in a row, and a text about them.</summary>
internal sealed partial record CaseLine(string Heading, string Family, int First, int Last, string Text)
{
    public IEnumerable<string> Ids => Enumerable.Range(First, Last - First + 1).Select(number => Id(Family, number));

    /// <summary>Always at least two digits.</summary>
    public static string Id(string family, int number)
        => string.Create(CultureInfo.InvariantCulture, $"{family}-{number:D2}");

    /// <summary>Reads a list: <c># heading</c>, <c>// comment</c>, <c>ID | text</c>, <c>FIRST..LAST |
    /// text</c>.</summary>
    public static List<CaseLine> Read(string file)
    {
        List<CaseLine> lines = [];
        string heading = "";
        foreach (string line in File.ReadLines(SourceTree.PathOf("tests", "Conformance", "Meta", file)))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                heading = line[2..];
            }
            else if (line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))
            {
                Match match = Form().Match(line);
                Assert.True(match.Success, $"{file}: not of the form `ID | text`: {line}");
                int first = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture);
                Group last = match.Groups["last"];
                lines.Add(new CaseLine(
                    heading,
                    match.Groups["family"].Value,
                    first,
                    last.Success ? int.Parse(last.Value, CultureInfo.InvariantCulture) : first,
                    match.Groups["text"].Value));
            }
        }

        return lines;
    }

    [GeneratedRegex(@"^(?<family>[A-Z]+)-(?<first>\d{2,3})(\.\.\k<family>-(?<last>\d{2,3}))? \| (?<text>\S.*)$")]
    private static partial Regex Form();
}
