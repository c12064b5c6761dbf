using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Zerocopy.Samples.FileServer;

/// <summary>The server with a client of its own, by the kernel and then by copying: what arrives is compared, what it
/// costs is shown. Needs nothing installed.</summary>
internal static class Demo
{
    internal const string ClientCommand = "demo-client";

    private const int MebiByte = 1024 * 1024;
    private const int MebiBytesMax = 1024 * 1024;
    private const int TimeoutSeconds = 600;

    private static readonly Option<int> s_mib = new("--demo-mib")
    {
        Description = "How many MiB the demo moves by each route.",
        DefaultValueFactory = _ => 512,
    };

    private static readonly Option<bool> s_spoil = new("--demo-spoil") { Hidden = true };

    /// <summary>Adds the demo's options, and the hidden command that its client runs.</summary>
    internal static void AddTo(RootCommand root)
    {
        s_mib.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MebiBytesMax)
            {
                result.AddError($"--demo-mib is 1 to {MebiBytesMax}.");
            }
        });
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
        long routeBytes = (long)arguments.GetValue(s_mib) * MebiByte;
        AnsiConsole.WriteLine($"A client puts files of .NET on the server, gets them whole and in parts, and gets the "
            + $"output of a command, {routeBytes / MebiByte} MiB each; the server is measured.");
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
        timeout.CancelAfter(TimeSpan.FromSeconds(TimeoutSeconds));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        DemoRun.Pass? zeroCopy = null;
        DemoRun.Pass? copied = null;
        try
        {
            await AnsiConsole.Progress().StartAsync(async context =>
            {
                double allBytes = routeBytes * DemoRun.Routes.Count;
                ProgressTask byKernel = context.AddTask("zero-copy", maxValue: allBytes);
                ProgressTask byCopy = context.AddTask("copied", maxValue: allBytes);
                zeroCopy = await PassAsync(byKernel, copyOnly: false);
                copied = await PassAsync(byCopy, copyOnly: true);
            });
        }
        catch (Exception e) when (e is InvalidDataException or IOException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"FileServer: {e.Message}");
            return 1;
        }

        Show(zeroCopy!, copied!);
        return 0;

        async Task<DemoRun.Pass> PassAsync(ProgressTask bar, bool copyOnly)
        {
            DemoRun.Pass pass = await DemoRun.RunAsync(
                copyOnly, arguments.GetValue(s_spoil), routeBytes, n => bar.Value = n, timeout.Token);
            bar.Value = bar.MaxValue;
            return pass;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true; // The files on disk have to go first.
            timeout.Cancel();
        }
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
