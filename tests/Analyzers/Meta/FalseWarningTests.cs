using System.Globalization;
using System.Text;

namespace Zerocopy.Analyzers.Tests;

/// <summary>A rule that cries wolf gets switched off: thousands of lines of right code and not one finding.</summary>
public sealed class FalseWarningTests
{
    private const int LinesMin = 6000;

    [Fact]
    public async Task Six_thousand_lines_of_sixty_shapes_are_silent()
    {
        string[] shapes = [.. CallShapes.s_withoutUs, .. CallShapes.s_withUs];
        Assert.Equal(60, shapes.Distinct().Count());

        List<string> files = [];
        for (int lines = 0; lines < LinesMin; lines += files[^1].Count(static c => c == '\n'))
        {
            files.Add(FileOf(shapes, files.Count));
        }

        Assert.Empty(await Compilations.ReportedAsync([.. files]));
    }

    private static string FileOf(string[] shapes, int file)
    {
        const string Parameters = "Socket a, Socket b, Stream stream, NetworkStream network, FileStream file, "
            + "TcpClient client, Pipe pipe, Pipe log, byte[] buffer, string path, CancellationToken token";
        StringBuilder text = new(Wrap.Usings);
        text.Append(CultureInfo.InvariantCulture, $"internal static class Shapes{file}\n{{\n");
        for (int i = 0; i < shapes.Length; i++)
        {
            string number = (file + i + 1).ToString(CultureInfo.InvariantCulture);
            string body = shapes[i].Replace("#", number, StringComparison.Ordinal)
                .Replace("\n", "\n        ", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"    internal static async Task<long> Shape{i}({Parameters})\n")
                .Append("    {\n        await Task.Yield();\n        ").Append(body).Append("\n    }\n\n");
        }

        return text.Append("}\n").ToString();
    }
}
