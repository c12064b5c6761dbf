using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load.Reporting;

/// <summary>What stands in the cells of tables.</summary>
internal static class Entries
{
    /// <summary>Median, minimum and maximum.</summary>
    internal static string Spread(LoadRun run, Cell cell, string contender, Metric metric)
    {
        if (run.Get(cell, contender, metric) is not { } sample)
        {
            return "-";
        }

        string Number(double value) => value.ToString(metric.Format);
        return $"{Number(sample.Median)} ({Number(sample.Min)}-{Number(sample.Max)})";
    }

    internal static string Median(LoadRun run, Cell cell, string contender, Metric metric)
        => run.Get(cell, contender, metric)?.Median.ToString(metric.Format) ?? "-";

    internal static string Ratio(double? ratio) => ratio?.ToString("F2") ?? "-";

    /// <summary>Where and how the results came to be.</summary>
    internal static string Origin(LoadRun run)
    {
        RunEnvironment environment = run.Environment;
        RunOptions options = environment.Options;
        return $"Congestion control **{environment.CongestionControl}**, {environment.Cpu}, {environment.Cores} cores, "
            + $"Linux {environment.Kernel}, {environment.Runtime}, commit {environment.Commit}, {environment.Started}; "
            + (options.Net is null ? "" : "between network namespaces joined by veth pairs, MTU 1,500; ")
            + (environment.FileSystem is { } fileSystem ? $"files on {fileSystem}; " : "")
            + (environment.Go is { } go ? $"{go}; " : "")
            + $"{options.Reps} repetitions of {options.Seconds} s{(options.Verify ? ", content checked" : "")}.";
    }
}
