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
            ? RunCommand.SmokeAsync(Network.Loopback)
            : Task.FromException<int>(new BenchException("nothing to do: run, report, or --smoke; --help tells more")));
        InvocationConfiguration configuration = new() { EnableDefaultExceptionHandler = false };
        return root.Parse(arguments).Invoke(configuration);
    }

    private static Command Run(string[] arguments)
    {
        Option<int?> reps = new("--reps") { Description = "Counted rounds. Default: 9; stall and web 5." };
        Option<double?> seconds = new("--seconds") { Description = "Each time. Default: 0.5; stall 10; web 3." };
        Option<string?> pairs = new("--pairs")
        {
            Description = $"What to what. Default: {string.Join(',', RunOptions.AllPairs)}; "
                + string.Join("; ", RunOptions.AloneModes.Select(
                    mode => $"{mode} {string.Join(',', RunOptions.DefaultsOf([mode]).Pairs)}")) + ".",
        };
        Option<string?> sizes = new("--sizes")
        {
            Description = $"Bytes per send, or of files. Default: {string.Join(',', RunOptions.AllSizes)}.",
        };
        Option<string?> modes = new(FullRun.Only)
        {
            Description = $"Kinds of measurement: {string.Join(',', RunOptions.AllModes)}; or alone: "
                + $"{string.Join(", ", RunOptions.AloneModes)}. Default: each of them in turn, web only with wrk; "
                + "with options of one kind, the first ones.",
        };
        Option<bool> withLong = new("--long") { Description = "Files of 1 GiB too." };
        Option<string?> teeFolder = new("--tee-dir") { Description = "Where tee's files go. Default: temporary." };
        Option<bool> verify = new("--verify") { Description = "Check the content, not only the count." };
        Option<bool> smoke = new("--smoke") { Description = "As --smoke alone." };
        Option<string?> congestionControl = new(FullRun.CongestionControl)
        {
            Description = "Congestion control, or several: each in a network namespace of its own; needs root. "
                + "Default: that of the machine; with everything in turn and root, cubic,bbr.",
        };
        Option<string?> net = new("--net")
        {
            Description = $"{Network.Loopback.Name}, or {Network.Veth.Name}: client, relay and target in network "
                + "namespaces of their own, joined by veth pairs; needs root; "
                + $"for {string.Join(',', RunOptions.AllModes)} and {Cell.Race}. Default: {Network.Loopback.Name}.",
        };
        Option<string?> against = new("--against")
        {
            Description = "A folder with another build of this program, to compare with; nothing else takes part, and "
                + "nothing is kept without --out.",
        };
        Option<string?> output = new("--out") { Description = "Default: bench/results/KIND-CC.ndjson." };

        Command run = new("run", "Takes measurements.")
        {
            reps, seconds, pairs, sizes, modes, withLong, teeFolder, verify, smoke, congestionControl, net, against,
            output,
        };
        run.SetAction(async parsed =>
        {
            bool isPlain = parsed.GetValue(modes) is null && !parsed.GetValue(smoke) && !parsed.GetValue(withLong)
                && ((Option<string?>[])[pairs, sizes, teeFolder, against, output])
                    .All(option => parsed.GetValue(option) is null);
            string chosen = parsed.GetValue(modes) ?? string.Join(',', RunOptions.AllModes);
            string[] kinds = isPlain ? FullRun.Kinds : [chosen];
            string?[] controls = parsed.GetValue(congestionControl)?.Split(',')
                ?? (isPlain ? FullRun.CongestionControls : [null]);
            if (kinds.Length * controls.Length > 1)
            {
                BenchException.Require(parsed.GetValue(output) is null, "--out is for one run");
                return FullRun.Run(kinds, controls, arguments);
            }

            Network network = Network.Of(parsed.GetValue(net));
            if (controls[0] is not null || network != Network.Loopback)
            {
                if (!NetworkNamespace.IsInside)
                {
                    return NetworkNamespace.Enter(controls[0], arguments);
                }

                NetworkNamespace.Prepare(controls[0], network);
            }

            if (parsed.GetValue(smoke))
            {
                return await RunCommand.SmokeAsync(network);
            }

            RunOptions defaults = RunOptions.DefaultsOf(Modes(chosen), network);
            int sizeMax = defaults.Modes is [Cell.Files] ? RunOptions.FileSizeMax : RunOptions.SizeMax;
            int[] usual = parsed.GetValue(withLong) ? [.. defaults.Sizes, RunOptions.FileSizeMax] : defaults.Sizes;
            RunOptions options = defaults with
            {
                Reps = Above0(parsed.GetValue(reps) ?? defaults.Reps, "--reps"),
                Seconds = Above0(parsed.GetValue(seconds) ?? defaults.Seconds, "--seconds"),
                Pairs = parsed.GetValue(pairs) is { } list ? Known(list, defaults.Pairs) : defaults.Pairs,
                Sizes = parsed.GetValue(sizes) is { } given
                    ? [.. given.Split(',').Select(size => Bytes(size, sizeMax))] : usual,
                TeeFolder = parsed.GetValue(teeFolder) ?? defaults.TeeFolder,
                Verify = parsed.GetValue(verify),
                Against = parsed.GetValue(against) is { } folder ? Self.ProgramIn(folder) : null,
            };
            RequireSense(options);
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

    private static T Above0<T>(T value, string option)
        where T : INumber<T>
        => value > T.Zero ? value : throw new BenchException($"{option} {value}: must be above 0");

    private static int Bytes(string size, int max)
        => int.TryParse(size, out int bytes) && bytes > 0 && bytes <= max
            ? bytes
            : throw new BenchException($"--sizes: {size} is not from 1 to {max}");

    private static string[] Modes(string list)
    {
        string[] modes = Known(list, [.. RunOptions.AllModes, .. RunOptions.AloneModes]);
        BenchException.Require(
            modes.Length == 1 || !modes.Intersect(RunOptions.AloneModes).Any(),
            $"--only {list}: {string.Join(", ", RunOptions.AloneModes)} are run alone");
        return modes;
    }

    private static void RequireSense(RunOptions options)
    {
        BenchException.Require(
            options.Modes is not [Cell.Stall] || options.Seconds <= StallStage.SecondsMax,
            $"--seconds {options.Seconds}: a stall is at most {StallStage.SecondsMax}");
        BenchException.Require(
            options.Modes is [Cell.Files] || !options.Sizes.Contains(RunOptions.FileSizeMax),
            "--long is for --only files");
        BenchException.Require(
            options.Against is null || IsOfConnections(options),
            $"--against: only {string.Join(", ", RunOptions.AllModes)} and {Cell.Race} are compared");
        BenchException.Require(
            options.Net is null || IsOfConnections(options),
            $"--net: only {string.Join(", ", RunOptions.AllModes)} and {Cell.Race} go elsewhere");
        BenchException.Require(Directory.Exists(options.TeeFolder), $"--tee-dir: no folder {options.TeeFolder}");
    }

    private static bool IsOfConnections(RunOptions options)
        => options.Modes is [Cell.Race] || !options.Modes.Intersect(RunOptions.AloneModes).Any();

    private static string[] Known(string list, string[] all)
        => [.. list.Split(',').Select(item => all.Contains(item)
            ? item
            : throw new BenchException($"{item} is none of {string.Join(", ", all)}"))];
}
