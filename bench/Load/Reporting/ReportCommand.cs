using System.Text.Json;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary><c>report</c>.</summary>
internal static class ReportCommand
{
    internal static int Run(bool check)
    {
        string expected = ReportText.Of(
            [.. Files("*" + ResultFile.Extension).Select(path => Read(path, LoadRun.Read))],
            [.. Files("*" + RaceRun.Extension).Select(path => Read(path, RaceRun.Read))]);
        if (!check)
        {
            File.WriteAllText(Self.ReportFile, expected);
            return 0;
        }

        string actual = File.Exists(Self.ReportFile) ? File.ReadAllText(Self.ReportFile) : "";
        if (actual == expected)
        {
            Console.WriteLine("bench/REPORT.md is what its results say");
            return 0;
        }

        int line = 1 + actual.Split('\n')
            .Zip(expected.Split('\n'))
            .TakeWhile(pair => pair.First == pair.Second)
            .Count();
        Console.WriteLine($"bench/REPORT.md:{line}: not what its results say: write it again with `report`");
        return 1;
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
