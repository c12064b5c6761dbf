using System.CommandLine;
using System.Net.Sockets;
using Zerocopy;
using Zerocopy.Samples;
using Zerocopy.Samples.Proxy;

Option<TimeSpan?> idle = Arguments.Seconds("--idle-timeout", "End a relay after so long without a byte.");
Option<TimeSpan?> linger = Arguments.Seconds(
    "--linger", "End a relay so long after its first direction has ended.");
RootCommand root = new("Relays TCP and unix sockets through the kernel. With no arguments: a demo of itself.")
{
    Arguments.Listen, Arguments.Connect, idle, linger, Arguments.CopyOnly, Arguments.UntilInputEnds,
};
Demo.AddTo(root);
root.SetAction((result, token) =>
    result.GetValue(Arguments.Listen) is null && result.GetValue(Arguments.Connect) is null
        ? Demo.RunAsync(result, token) : Task.FromResult(RunProxy(result)));
return await SampleHost.RunAsync(root, args);

int RunProxy(ParseResult arguments)
{
    if (arguments.GetValue(Arguments.Listen) is not { } from || arguments.GetValue(Arguments.Connect) is not { } to)
    {
        return SampleHost.Fail(2, "--listen and --connect go together (--help shows the options)");
    }

    FlowOptions flow = new() { Mode = arguments.Mode() };
    RelayOptions options = new()
    {
        LeftToRight = flow,
        RightToLeft = flow,
        IdleTimeout = arguments.GetValue(idle) ?? Timeout.InfiniteTimeSpan,
        LingerAfterHalfClose = arguments.GetValue(linger) ?? Timeout.InfiniteTimeSpan,
        CloseEndpoints = true,
    };
    if (!SampleHost.TryListen(from, out Socket? listener))
    {
        return 1;
    }

    using ProxyServer server = new(listener, to, options, Console.Error);
    string first = $"listening on {Address.Format(listener.LocalEndPoint!)}, relaying to {Address.Format(to)}";
    return SampleHost.Serve(arguments, first, server.Run, server.Stop);
}
