using System.CommandLine;
using Spectre.Console;

namespace Zerocopy.Samples.Proxy;

/// <summary>The proxy with an upstream and a client of its own, spliced and then copied: what arrives is compared, what
/// it costs is shown. Needs nothing installed.</summary>
internal static class Demo
{
    internal const string UpstreamCommand = "demo-upstream";
    internal const string ClientCommand = "demo-client";
    internal const string SpoilOption = "--spoil";

    private static readonly Option<int> s_mib = DemoShell.SizeOption("How many MiB the demo streams.", 1024);

    private static readonly Option<int> s_rounds = new("--demo-rounds")
    {
        Hidden = true,
        DefaultValueFactory = _ => 10_000,
    };

    private static readonly Option<bool> s_spoil = new("--demo-spoil") { Hidden = true };

    /// <summary>Adds the demo's options, and the hidden commands that its processes run.</summary>
    internal static void AddTo(RootCommand root)
    {
        root.Options.Add(s_mib);
        root.Options.Add(s_rounds);
        root.Options.Add(s_spoil);

        Option<bool> spoil = new(SpoilOption);
        Command upstream = new(UpstreamCommand) { spoil };
        upstream.Hidden = true;
        upstream.SetAction(result => DemoPeers.RunUpstream(result.GetValue(spoil)));
        root.Subcommands.Add(upstream);

        Argument<int> port = new("port");
        Argument<int> rounds = new("rounds");
        Command client = new(ClientCommand) { port, rounds };
        client.Hidden = true;
        client.SetAction(result => DemoPeers.RunClient(result.GetValue(port), result.GetValue(rounds)));
        root.Subcommands.Add(client);
    }

    internal static async Task<int> RunAsync(ParseResult arguments, CancellationToken token)
    {
        long streamBytes = (long)arguments.GetValue(s_mib) * DemoShell.MebiByte;
        int rounds = arguments.GetValue(s_rounds);
        bool spoil = arguments.GetValue(s_spoil);
        AnsiConsole.WriteLine($"A client asks an upstream {rounds} questions of {DemoPeers.RequestBytes} bytes, then "
            + $"for {streamBytes / DemoShell.MebiByte} MiB of the files of .NET; the proxy between them is measured.");
        return await DemoShell.RunAsync(
            "spliced",
            streamBytes,
            (copyOnly, onProgress, stop) =>
                DemoRun.RunAsync(copyOnly, spoil, streamBytes, rounds, onProgress, stop),
            (spliced, copied) => Show(spliced, copied, streamBytes, rounds),
            token);
    }

    private static void Show(DemoRun.Figures spliced, DemoRun.Figures copied, long streamBytes, int rounds)
    {
        Table table = new();
        _ = table.AddColumns("route", "spliced", "MB/s", "relay CPU s/GB", "ratio", "round trips/s", "CPU us each");
        AddRow("splice", spliced);
        AddRow("copy", copied);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("Every byte arrived as it was sent: the SHA-256 of both sides agree, both ways.");
        AnsiConsole.WriteLine("Small messages are copied on either route, because that is cheaper.");

        void AddRow(string route, DemoRun.Figures run)
        {
            double kernel = (double)run.BytesSpliced / (run.BytesSpliced + run.BytesCopied);
            _ = table.AddRow(
                route,
                $"{kernel:P0}",
                $"{streamBytes / 1e6 / run.StreamSeconds:F0}",
                $"{run.StreamCpuSeconds / (streamBytes / 1e9):F3}",
                $"{run.StreamCpuSeconds / copied.StreamCpuSeconds:F2}",
                $"{rounds / run.ExchangeSeconds:F0}",
                $"{run.ExchangeCpuSeconds * 1e6 / rounds:F1}");
        }
    }
}
