using System.Text;
using Zerocopy.Bench.Load.Plotting;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>Writes headings, paragraphs, tables, and plots beside itself.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();
    private readonly List<Plot> _plots = [];

    /// <summary>What the text shows.</summary>
    internal IReadOnlyCollection<Plot> Plots => _plots;

    internal void Heading(int level, string text) => Paragraph($"{new string('#', level)} {text}");

    internal void Paragraph(string text) => _text.Append(text).Append("\n\n");

    internal void Items(IEnumerable<string> items)
        => Paragraph(string.Join('\n', items.Select(item => $"- {item}")));

    /// <summary>So many columns are text, the others numbers.</summary>
    internal void Table(string[] headings, IEnumerable<string[]> rows, int textColumns = 1)
    {
        Row(headings);
        Row([.. headings.Select((_, i) => i < textColumns ? "---" : "---:")]);
        foreach (string[] row in rows)
        {
            Row(row);
        }

        _text.Append('\n');
    }

    internal void Figure(Plot plot)
    {
        _plots.Add(plot);
        Paragraph($"![{plot.Title}](plots/{plot.Name}{PlotFile.Extension})");
    }

    public override string ToString() => _text.ToString().TrimEnd('\n') + "\n";

    private void Row(string[] cells) => _text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}

/// <summary>Byte counts as people say them.</summary>
internal static class Size
{
    internal static string Of(int bytes) => bytes switch
    {
        >= 1 << 30 when bytes % (1 << 30) == 0 => $"{bytes >> 30} GiB",
        >= 1 << 20 when bytes % (1 << 20) == 0 => $"{bytes >> 20} MiB",
        >= 1 << 10 when bytes % (1 << 10) == 0 => $"{bytes >> 10} KiB",
        _ => $"{bytes} B",
    };
}
