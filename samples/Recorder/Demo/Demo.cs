using System.CommandLine;
using Spectre.Console;

namespace Zerocopy.Samples.Recorder;

/// <summary>The recorder with a camera and a client of its own, by the kernel and then by copying: what was sent, what
/// arrived and what is on disk are compared, what it costs is shown. Needs nothing installed.</summary>
internal static class Demo
{
    internal const string CameraCommand = "demo-camera";
    internal const string ClientCommand = "demo-client";
    internal const string SpoilOption = "--spoil";

    private static readonly Option<int> s_mib =
        DemoShell.SizeOption("How many MiB the demo streams and records.", 1024);

    private static readonly Option<string?> s_spoil = new("--demo-spoil") { Hidden = true };

    /// <summary>Adds the demo's options, and the hidden commands that its processes run.</summary>
    internal static void AddTo(RootCommand root)
    {
        root.Options.Add(s_mib);
        root.Options.Add(s_spoil);

        Option<bool> spoil = new(SpoilOption);
        Command client = new(ClientCommand) { spoil };
        client.Hidden = true;
        client.SetAction(result => CameraPeers.RunClient(result.GetValue(spoil)));
        root.Subcommands.Add(client);

        Argument<int> port = new("port");
        Command camera = new(CameraCommand) { port };
        camera.Hidden = true;
        camera.SetAction(result => CameraPeers.RunCamera(result.GetValue(port)));
        root.Subcommands.Add(camera);
    }

    internal static async Task<int> RunAsync(ParseResult arguments, CancellationToken token)
    {
        long streamBytes = (long)arguments.GetValue(s_mib) * DemoShell.MebiByte;
        AnsiConsole.WriteLine(
            $"A camera sends {streamBytes / DemoShell.MebiByte} MiB of the files of .NET to a client; "
            + "the recorder between them, which keeps them on disk, is measured.");
        return await DemoShell.RunAsync(
            "zero-copy",
            streamBytes,
            (copyOnly, onProgress, stop) =>
                DemoRun.RunAsync(copyOnly, arguments.GetValue(s_spoil), streamBytes, onProgress, stop),
            (zeroCopy, copied) => Show(zeroCopy, copied, streamBytes),
            token);
    }

    private static void Show(DemoRun.Figures spliced, DemoRun.Figures copied, long streamBytes)
    {
        Table table = new();
        _ = table.AddColumns(
            "route", "teed", "spliced to file", "spliced to socket", "copied", "MB/s", "relay CPU s/GB", "ratio");
        AddRow("zero-copy", spliced);
        AddRow("copy", copied);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine("The client got and the disk has what the camera sent: all SHA-256 agree.");
        AnsiConsole.WriteLine("Each byte is written three times: to the client, to the recording's pipe, to its file. "
            + "'copied' is the share of that which went through memory of the process.");

        void AddRow(string route, DemoRun.Figures run)
        {
            long inKernel = run.Sockets.InKernel + run.Tees.InKernel + run.Files.InKernel;
            long inMemory = run.Sockets.Copied + run.Tees.Copied + run.Files.Copied;
            _ = table.AddRow(
                route,
                Share(run.Tees),
                Share(run.Files),
                Share(run.Sockets),
                Share(new DemoRun.Hop(inMemory, inKernel)),
                $"{streamBytes / 1e6 / run.Seconds:F0}",
                $"{run.CpuSeconds / (streamBytes / 1e9):F3}",
                $"{run.CpuSeconds / copied.CpuSeconds:F2}");
        }
    }

    private static string Share(DemoRun.Hop hop) => $"{(double)hop.InKernel / (hop.InKernel + hop.Copied):P0}";
}
