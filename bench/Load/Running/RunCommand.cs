using Spectre.Console;

namespace Zerocopy.Bench.Load.Running;

/// <summary><c>run</c> and <c>--smoke</c>.</summary>
internal static class RunCommand
{
    internal static async Task<int> RunAsync(RunOptions options, string? output)
    {
        if (options.Against is not null && output is null)
        {
            List<Measurement> compared = await Runner.RunAsync(options, _ => { }); // Not what bench/results is about.
            Summary.Print(compared);
            AgainstTable.Print(compared);
            return 0;
        }

        RunEnvironment environment = RunEnvironment.Describe(options);
        string path = output ?? Path.Combine(Self.ResultsFolder, FileName(options, environment));
        AnsiConsole.WriteLine(
            $"congestion control {environment.CongestionControl}, {environment.Runtime}, commit {environment.Commit}");
        if (options.Modes is [Cell.Files] && !GoPeer.IsInstalled)
        {
            AnsiConsole.WriteLine("skipped: go is not installed, so it does not take part");
        }

        if (options.Modes is [Cell.Race] && RaceField.Missing is [_, ..] missing)
        {
            AnsiConsole.WriteLine($"skipped: not installed, so without {string.Join(", ", missing)}");
        }

        using ResultFile results = new(path, environment);
        List<Measurement> rows = await Runner.RunAsync(options, results.Write);
        results.Commit();
        Summary.Print(rows);
        AgainstTable.Print(rows);
        AnsiConsole.WriteLine($"kept in {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
        return 0;
    }

    /// <summary>Proves that everything here works; its numbers mean nothing.</summary>
    internal static async Task<int> SmokeAsync(Network network)
    {
        List<Measurement> rows = [];
        foreach (RunOptions options in RunOptions.SmokesOf(network))
        {
            rows.AddRange(await Runner.RunAsync(options, _ => { }));
        }

        AgainstTable.Print(await Runner.RunAsync(RunOptions.SmokeAgainst(network), _ => { }));

        Summary.Print(rows);

        // Large chunks through the kernel are what the numbers are about: they must be what was measured.
        foreach (IGrouping<(string, string), Measurement> pair in rows
            .Where(row => row.Contender == Contender.Subject && row.SplicedShare is not null)
            .GroupBy(row => (row.Kind, row.Pair)))
        {
            Measurement large = pair.MaxBy(row => row.Bytes)!;
            BenchException.Require(
                large.SplicedShare > 0 && large.TeedShare is null or > 0,
                $"{large.Kind} {large.Pair}: nothing of {large.Bytes} B was spliced, or nothing teed");
        }

        AnsiConsole.WriteLine($"{rows.Count} measurements, every byte checked");
        return 0;
    }

    /// <summary>Tees depend on the file system; one that is asked for is in the name.</summary>
    private static string FileName(RunOptions options, RunEnvironment environment)
    {
        string mode = options.Modes is [string alone] && RunOptions.AloneModes.Contains(alone) ? alone : "load";
        string fileSystem = mode == Cell.Tee && options.TeeFolder != new RunOptions().TeeFolder
            ? $"-{environment.FileSystem}" : "";
        string network = options.Net is { } net ? $"-{net}" : "";
        return $"{mode}{network}{fileSystem}-{environment.CongestionControl}{ResultFile.Extension}";
    }
}
