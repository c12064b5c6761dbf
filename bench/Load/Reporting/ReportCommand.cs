using System.Text.Json;
using Zerocopy.Bench.Load.Plotting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary><c>report</c>.</summary>
internal static class ReportCommand
{
    internal static int Run(bool check)
    {
        Markdown report = ReportText.Of(
            [.. Files("*" + ResultFile.Extension).Select(path => Read(path, LoadRun.Read))]);
        if (!check)
        {
            PlotFile.Write(report.Plots);
            File.WriteAllText(Self.ReportFile, report.ToString());
            return 0;
        }

        string[] complaints = [.. CheckText(report.ToString()), .. PlotFile.Check(report.Plots)];
        foreach (string complaint in complaints)
        {
            Console.WriteLine($"{complaint}: write it again with `report`");
        }

        if (complaints.Length == 0)
        {
            Console.WriteLine($"bench/REPORT.md and its {report.Plots.Count} plots are what the results say");
        }

        return complaints.Length == 0 ? 0 : 1;
    }

    private static IEnumerable<string> CheckText(string expected)
    {
        string actual = File.Exists(Self.ReportFile) ? File.ReadAllText(Self.ReportFile) : "";
        int line = 1 + actual.Split('\n')
            .Zip(expected.Split('\n'))
            .TakeWhile(pair => pair.First == pair.Second)
            .Count();
        return actual == expected ? [] : [$"bench/REPORT.md:{line}: not what its results say"];
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
