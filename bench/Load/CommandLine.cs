using System.CommandLine;
using System.Numerics;
using Zerocopy.Bench.Load.Reporting;
using Zerocopy.Bench.Load.Running;

namespace Zerocopy.Bench.Load;

/// <summary>What a user can ask for.</summary>
internal static class CommandLine
{
    internal static int Invoke(string[] arguments)
    {
        Option<bool> smoke = new("--smoke") { Description = "A few seconds, content checked, nothing kept." };
        RootCommand root = new("Load for the relay: throughput, round trips, CPU.") { smoke, Run(arguments), Report() };
        root.SetAction(parsed => parsed.GetValue(smoke)
            ? RunCommand.SmokeAsync()
            : Task.FromException<int>(new BenchException("nothing to do: run, report, or --smoke; --help tells more")));
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false };
        return root.Parse(arguments).Invoke(configuration);
    }

    private static Command Run(string[] arguments)
    {
        Option<int> reps = new("--reps") { Description = "Counted rounds.", DefaultValueFactory = _ => 9 };
        Option<double> seconds = new("--seconds") { Description = "Each time.", DefaultValueFactory = _ => 0.5 };
        Option<string> pairs = ListOf("--pairs", "Socket pairs.", RunOptions.AllPairs);
        Option<string> sizes = ListOf("--sizes", "Bytes per send.", RunOptions.AllSizes);
        Option<string> modes = ListOf("--only", "Kinds of measurement.", RunOptions.AllModes);
        Option<bool> verify = new("--verify") { Description = "Check the content, not only the count." };
        Option<bool> smoke = new("--smoke") { Description = "As --smoke alone." };
        Option<string?> congestionControl = new("--cc")
        {
            Description = "Congestion control, in a network namespace of its own; needs root.",
        };
        Option<string?> output = new("--out") { Description = "Default: bench/results/load-CC.ndjson." };

        Command run = new("run", "Takes measurements.")
        {
            reps, seconds, pairs, sizes, modes, verify, smoke, congestionControl, output,
        };
        run.SetAction(async parsed =>
        {
            if (parsed.GetValue(congestionControl) is { } wanted)
            {
                if (!NetworkNamespace.IsInside)
                {
                    return NetworkNamespace.Enter(wanted, arguments);
                }

                NetworkNamespace.Prepare(wanted);
            }

            if (parsed.GetValue(smoke))
            {
                return await RunCommand.SmokeAsync();
            }

            RunOptions options = new()
            {
                Reps = Above0(parsed.GetValue(reps), "--reps"),
                Seconds = Above0(parsed.GetValue(seconds), "--seconds"),
                Pairs = Known(parsed.GetValue(pairs)!, RunOptions.AllPairs),
                Sizes = [.. parsed.GetValue(sizes)!.Split(',').Select(Bytes)],
                Modes = Known(parsed.GetValue(modes)!, RunOptions.AllModes),
                Verify = parsed.GetValue(verify),
            };
            return await RunCommand.RunAsync(options, parsed.GetValue(output));
        });
        return run;
    }

    private static Command Report()
    {
        Option<bool> check = new("--check") { Description = "Write nothing; fail if the report is another." };
        Command report = new("report", "Writes bench/REPORT.md from bench/results.") { check };
        report.SetAction(parsed => ReportCommand.Run(parsed.GetValue(check)));
        return report;
    }

    private static Option<string> ListOf<T>(string name, string description, T[] all)
        => new(name) { Description = description, DefaultValueFactory = _ => string.Join(',', all) };

    private static T Above0<T>(T value, string option)
        where T : INumber<T>
        => value > T.Zero ? value : throw new BenchException($"{option} {value}: must be above 0");

    private static int Bytes(string size)
        => int.TryParse(size, out int bytes) && bytes is > 0 and <= RunOptions.SizeMax
            ? bytes
            : throw new BenchException($"--sizes: {size} is not from 1 to {RunOptions.SizeMax}");

    private static string[] Known(string list, string[] all)
        => [.. list.Split(',').Select(item => all.Contains(item)
            ? item
            : throw new BenchException($"{item} is none of {string.Join(", ", all)}"))];
}
