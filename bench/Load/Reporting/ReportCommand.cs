using System.Text.Json;
using Zerocopy.Bench.Load.Plotting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary><c>report</c>.</summary>
internal static class ReportCommand
{
    internal static int Run(bool check)
    {
        LoadRun[] runs = [.. Files("*" + ResultFile.Extension).Select(path => Read(path, LoadRun.Read))];
        Markdown report = ReportText.Of(runs);
        string readme = ReadmeNumbers.In(File.ReadAllText(Self.ReadmeFile), runs);
        if (!check)
        {
            PlotFile.Write(report.Plots);
            File.WriteAllText(Self.ReportFile, report.ToString());
            File.WriteAllText(Self.ReadmeFile, readme);
            return 0;
        }

        string[] complaints =
        [
            .. CheckText(Self.ReportFile, report.ToString()),
            .. CheckText(Self.ReadmeFile, readme),
            .. PlotFile.Check(report.Plots),
        ];
        foreach (string complaint in complaints)
        {
            Console.WriteLine($"{complaint}: write it again with `report`");
        }

        if (complaints.Length == 0)
        {
            Console.WriteLine(
                $"bench/REPORT.md, its {report.Plots.Count} plots and the README's table are what the results say");
        }

        return complaints.Length == 0 ? 0 : 1;
    }

    private static IEnumerable<string> CheckText(string file, string expected)
    {
        string actual = File.Exists(file) ? File.ReadAllText(file) : "";
        int line = 1 + actual.Split('\n')
            .Zip(expected.Split('\n'))
            .TakeWhile(pair => pair.First == pair.Second)
            .Count();
        return actual == expected
            ? []
            : [$"{Path.GetRelativePath(Self.Root, file)}:{line}: not what its results say"];
    }

    private static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or FormatException)
        {
            throw new BenchException($"{Path.GetFileName(path)}: {e.Message}");
        }
    }

    private static IEnumerable<string> Files(string pattern)
        => Directory.Exists(Self.ResultsFolder)
            ? Directory.EnumerateFiles(Self.ResultsFolder, pattern).Order(StringComparer.Ordinal)
            : [];
}
