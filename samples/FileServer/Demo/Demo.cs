using System.CommandLine;

namespace Zerocopy.Samples.FileServer;

/// <summary>The server with a client of its own, by the kernel and by copying: what arrives is compared, what it costs
/// is shown. Needs nothing installed.</summary>
internal static class Demo
{
    internal const string ClientCommand = "demo-client";

    private static readonly Option<int> s_mib =
        DemoShell.SizeOption("How many MiB the demo moves by each route in a pass.", 256);

    private static readonly Option<bool> s_spoil = new("--demo-spoil") { Hidden = true };

    /// <summary>Adds the demo's options, and the hidden command that its client runs.</summary>
    internal static void AddTo(RootCommand root)
    {
        root.Options.Add(s_mib);
        root.Options.Add(s_spoil);

        Argument<bool> spoil = new("spoil");
        Command client = new(ClientCommand) { spoil };
        client.Hidden = true;
        client.SetAction(result => new DemoClient(result.GetValue(spoil)).Run());
        root.Subcommands.Add(client);
    }

    internal static async Task<int> RunAsync(ParseResult arguments, CancellationToken token)
    {
        int mib = arguments.GetValue(s_mib);
        string intro = $"A client puts files of .NET on a server, gets them whole and in parts, and gets the "
            + $"output of a command, {mib} MiB each; the server uses the kernel, another one copies. First every byte "
            + $"is compared, then the servers are measured, {DemoShell.Rounds} times each in turn, with a client that "
            + "only counts.";
        DemoRun run = new((long)mib * DemoShell.MebiByte, arguments.GetValue(s_spoil));
        return await DemoShell.RunAsync(run, intro, token);
    }
}
