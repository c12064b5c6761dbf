using System.CommandLine;

namespace Zerocopy.Samples.Proxy;

/// <summary>The proxy with an upstream and a client of its own, spliced and copied: what arrives is compared, what it
/// costs is shown. Needs nothing installed.</summary>
internal static class Demo
{
    internal const string UpstreamCommand = "demo-upstream";
    internal const string ClientCommand = "demo-client";
    internal const string SpoilOption = "--spoil";

    private static readonly Option<int> s_mib = DemoShell.SizeOption("How many MiB the demo streams in a pass.", 256);

    private static readonly Option<int> s_rounds = new("--demo-rounds")
    {
        Hidden = true,
        DefaultValueFactory = _ => 2_000,
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
        upstream.SetAction(result => DemoUpstream.Run(result.GetValue(spoil)));
        root.Subcommands.Add(upstream);

        Command client = new(ClientCommand) { Hidden = true };
        client.SetAction(_ => DemoClient.Run());
        root.Subcommands.Add(client);
    }

    internal static async Task<int> RunAsync(ParseResult arguments, CancellationToken token)
    {
        int mib = arguments.GetValue(s_mib);
        int rounds = arguments.GetValue(s_rounds);
        string intro = $"A client asks an upstream {rounds} questions of {DemoMessage.RequestBytes} bytes, then "
            + $"for {mib} MiB, through a proxy that splices and through one that copies. First every byte is compared, "
            + $"then the proxy is measured, {DemoShell.Rounds} times each in turn, between ends that only count.";
        DemoRun run = new((long)mib * DemoShell.MebiByte, rounds, arguments.GetValue(s_spoil));
        return await DemoShell.RunAsync(run, intro, token);
    }
}
