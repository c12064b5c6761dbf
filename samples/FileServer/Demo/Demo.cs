using System.CommandLine;
using Spectre.Console;

namespace Zerocopy.Samples.FileServer;

/// <summary>The server with a client of its own, by the kernel and then by copying: what arrives is compared, what it
/// costs is shown. Needs nothing installed.</summary>
internal static class Demo
{
    internal const string ClientCommand = "demo-client";

    private static readonly Option<int> s_mib = DemoShell.SizeOption("How many MiB the demo moves by each route.", 512);

    private static readonly Option<bool> s_spoil = new("--demo-spoil") { Hidden = true };

    /// <summary>Adds the demo's options, and the hidden command that its client runs.</summary>
    internal static void AddTo(RootCommand root)
    {
        root.Options.Add(s_mib);
        root.Options.Add(s_spoil);

        Argument<int> port = new("port");
        Argument<string> folder = new("folder");
        Argument<bool> spoil = new("spoil");
        Command client = new(ClientCommand) { port, folder, spoil };
        client.Hidden = true;
        client.SetAction(result =>
            new DemoClient(result.GetValue(port), result.GetValue(folder)!, result.GetValue(spoil)).Run());
        root.Subcommands.Add(client);
    }

    internal static async Task<int> RunAsync(ParseResult arguments, CancellationToken token)
    {
        long routeBytes = (long)arguments.GetValue(s_mib) * DemoShell.MebiByte;
        AnsiConsole.WriteLine($"A client puts files of .NET on the server, gets them whole and in parts, and gets the "
            + $"output of a command, {routeBytes / DemoShell.MebiByte} MiB each; the server is measured.");
        return await DemoShell.RunAsync(
            "zero-copy",
            routeBytes * DemoRun.Routes.Count,
            (copyOnly, onProgress, stop) =>
                DemoRun.RunAsync(copyOnly, arguments.GetValue(s_spoil), routeBytes, onProgress, stop),
            Show,
            token);
    }

    private static void Show(DemoRun.Pass zeroCopy, DemoRun.Pass copied)
    {
        Table table = new();
        _ = table.AddColumns("route", "MB/s", "copied MB/s", "server CPU s/GB", "copied CPU s/GB", "ratio");
        for (int i = 0; i < DemoRun.Routes.Count; i++)
        {
            (DemoRun.Figures kernel, DemoRun.Figures copy) = (zeroCopy.ByRoute[i], copied.ByRoute[i]);
            _ = table.AddRow(
                DemoRun.Routes[i],
                $"{kernel.MegabytesPerSecond:F0}",
                $"{copy.MegabytesPerSecond:F0}",
                $"{kernel.CpuSecondsPerGigabyte:F3}",
                $"{copy.CpuSecondsPerGigabyte:F3}",
                $"{kernel.CpuSecondsPerGigabyte / copy.CpuSecondsPerGigabyte:F2}");
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("Every file, every part and every output arrived as it was: all SHA-256 agree.");
        AnsiConsole.WriteLine($"Bytes, zero-copy: {zeroCopy.Mechanisms}.");
        AnsiConsole.WriteLine($"Bytes, copied: {copied.Mechanisms}.");
    }
}
