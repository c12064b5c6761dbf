using System.Globalization;
using System.Security;
using System.Text.RegularExpressions;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>Makes of the SVG that Skia writes one that every viewer shows alike.</summary>
internal static partial class SvgText
{
    private const string Fonts = "'DejaVu Sans', Verdana, Arial, sans-serif";

    /// <summary>Skia names the font of this machine and places each letter by it, which another machine's font does not
    /// fit: what stays is which point of the text is where. And what the picture shows is said in words.</summary>
    internal static string Clean(string svg, string title)
    {
        string text = Family().Replace(svg.ReplaceLineEndings("\n"), $"font-family=\"{Fonts}\"");
        text = Places().Replace(text, places => Anchored(
            [.. places.Groups["x"].Captures.Select(x => double.Parse(x.Value, CultureInfo.InvariantCulture))]));
        text = Numbered(text);
        text = Root().Replace(text, $"$0\n\t<title>{SecurityElement.Escape(title)}</title>", 1);
        return text.TrimEnd() + "\n";
    }

    /// <summary>Skia goes on counting from picture to picture: each is to be the same, whatever came before.</summary>
    private static string Numbered(string text)
    {
        Dictionary<string, string> names = [];
        return Clip().Replace(text, clip =>
        {
            names.TryAdd(clip.Value, $"clip{names.Count + 1}");
            return names[clip.Value];
        });
    }

    /// <summary>ScottPlot puts the origin where the text is to begin, to end, or to have its middle; the letters tell
    /// which.</summary>
    private static string Anchored(double[] letters)
    {
        const double LetterWidth = 8; // About; of a text of one letter.
        double width = letters.Length > 1
            ? (letters[^1] - letters[0]) * letters.Length / (letters.Length - 1) : LetterWidth;
        string anchor = (-letters[0] / width) switch
        {
            < 0.25 => "start",
            < 0.75 => "middle",
            _ => "end",
        };
        return $"text-anchor=\"{anchor}\" x=\"0\"";
    }

    [GeneratedRegex("font-family=\"[^\"]*\"")]
    private static partial Regex Family();

    // Every text is placed relative to its own origin: rectangles have a single x, without the comma.
    [GeneratedRegex(@"(?<=<text [^>]*)\bx=""((?<x>-?[\d.e-]+), )+""")]
    private static partial Regex Places();

    [GeneratedRegex(@"\bcl_[0-9a-f]+\b")]
    private static partial Regex Clip();

    [GeneratedRegex("<svg [^>]*>")]
    private static partial Regex Root();
}
