using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Plotting;

/// <summary>Plots on disk. The last line of each says what it was drawn from, and which drawing that gave.</summary>
/// <remarks>Two machines draw the same plot differently, because they have other fonts; so a check does not draw again
/// and compare. It compares two fingerprints: that of the data, which the results determine, and that of the drawing,
/// which nobody may have touched. And a plot whose data did not change is left alone.</remarks>
internal static class PlotFile
{
    internal const string Extension = ".svg";

    private const string MarkStart = "<!-- ";

    /// <summary>Draws what is not there or has changed, and removes what belongs to no result.</summary>
    internal static void Write(IReadOnlyCollection<Plot> plots)
    {
        Directory.CreateDirectory(Self.PlotsFolder);
        foreach (Plot plot in plots.Where(plot => !IsCurrent(plot)))
        {
            string drawing = Drawing.Svg(plot);
            File.WriteAllText(PathOf(plot), drawing + Mark(plot, drawing));
        }

        foreach (string path in Strangers(plots))
        {
            File.Delete(path);
        }
    }

    /// <returns>What is wrong, a line each.</returns>
    internal static IEnumerable<string> Check(IReadOnlyCollection<Plot> plots) =>
    [
        .. plots.Where(plot => !IsCurrent(plot)).Select(plot => $"{NameOf(PathOf(plot))}: not drawn from its results"),
        .. Strangers(plots).Select(path => $"{NameOf(path)}: belongs to no result"),
    ];

    private static bool IsCurrent(Plot plot)
    {
        if (!File.Exists(PathOf(plot)))
        {
            return false;
        }

        string text = File.ReadAllText(PathOf(plot));
        int mark = text.LastIndexOf(MarkStart, StringComparison.Ordinal);
        return mark >= 0 && text[mark..] == Mark(plot, text[..mark]);
    }

    private static IEnumerable<string> Strangers(IReadOnlyCollection<Plot> plots)
        => Directory.Exists(Self.PlotsFolder)
            ? Directory.GetFiles(Self.PlotsFolder, "*" + Extension)
                .Except(plots.Select(PathOf))
                .Order(StringComparer.Ordinal)
            : [];

    private static string PathOf(Plot plot) => Path.Combine(Self.PlotsFolder, plot.Name + Extension);

    private static string NameOf(string path) => Path.GetRelativePath(Self.Root, path);

    private static string Mark(Plot plot, string drawing)
        => $"{MarkStart}data {Hash(JsonSerializer.Serialize(plot) + Drawing.Revision)}, drawing {Hash(drawing)} -->\n";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
