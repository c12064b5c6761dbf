using System.CommandLine;

namespace Zerocopy.Samples.Recorder;

/// <summary>The recorder with a camera and a client of its own, by the kernel and by copying: what was sent, what
/// arrived and what is on disk are compared, what it costs is shown. Needs nothing installed.</summary>
internal static class Demo
{
    internal const string CameraCommand = "demo-camera";
    internal const string ClientCommand = "demo-client";
    internal const string SpoilOption = "--spoil";

    private static readonly Option<int> s_mib =
        DemoShell.SizeOption("How many MiB the demo streams and records in a pass.", 256);

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

        Command camera = new(CameraCommand) { Hidden = true };
        camera.SetAction(_ => CameraPeers.RunCamera());
        root.Subcommands.Add(camera);
    }

    internal static async Task<int> RunAsync(ParseResult arguments, CancellationToken token)
    {
        int mib = arguments.GetValue(s_mib);
        string intro = $"A camera sends {mib} MiB to a client, through a recorder that uses the kernel and one "
            + "that copies, which keep them on disk. First every byte is compared, then the recorder is measured, "
            + $"{DemoShell.Rounds} times each in turn, between ends that only count.";
        DemoRun run = new((long)mib * DemoShell.MebiByte, arguments.GetValue(s_spoil));
        return await DemoShell.RunAsync(run, intro, token);
    }
}
