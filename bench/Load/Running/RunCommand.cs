using Spectre.Console;

namespace Zerocopy.Bench.Load.Running;

/// <summary><c>run</c> and <c>--smoke</c>.</summary>
internal static class RunCommand
{
    internal static async Task<int> RunAsync(RunOptions options, string? output)
    {
        RunEnvironment environment = RunEnvironment.Describe(options);
        string path = output ?? Path.Combine(
            Self.ResultsFolder, $"load-{environment.CongestionControl}{ResultFile.Extension}");
        AnsiConsole.WriteLine(
            $"congestion control {environment.CongestionControl}, {environment.Runtime}, commit {environment.Commit}");
        using ResultFile results = new(path, environment);
        List<Measurement> rows = await Runner.RunAsync(options, results.Write);
        results.Commit();
        Summary.Print(rows);
        AnsiConsole.WriteLine($"kept in {Path.GetRelativePath(Environment.CurrentDirectory, path)}");
        return 0;
    }

    /// <summary>Proves that everything here works; its numbers mean nothing.</summary>
    internal static async Task<int> SmokeAsync()
    {
        List<Measurement> rows = await Runner.RunAsync(RunOptions.Smoke, _ => { });
        Summary.Print(rows);
        foreach (string pair in RunOptions.Smoke.Pairs)
        {
            // Large chunks through the kernel are what the numbers are about: they must be what was measured.
            Measurement large = rows.Where(row => row.Pair == pair && row.Contender == Contender.Subject)
                .MaxBy(row => row.SplicedShare is null ? 0 : row.Bytes)!;
            if (large.SplicedShare is not > 0)
            {
                throw new BenchException($"{pair}: nothing of {large.Bytes} B chunks was spliced");
            }
        }

        AnsiConsole.WriteLine($"{rows.Count} measurements, every byte checked");
        return 0;
    }
}
