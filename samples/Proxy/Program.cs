using System.CommandLine;
using System.Net.Sockets;
using Zerocopy;
using Zerocopy.Samples;
using Zerocopy.Samples.Proxy;
using Zerocopy.Server;

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
        ? Demo.RunAsync(result, token) : RunProxyAsync(result));
return await SampleHost.RunAsync(root, args);

async Task<int> RunProxyAsync(ParseResult arguments)
{
    if (arguments.GetValue(Arguments.Listen) is not { } from || arguments.GetValue(Arguments.Connect) is not { } to)
    {
        return SampleHost.Fail(2, "--listen and --connect go together (--help shows the options)");
    }

    TextWriter log = Console.Error; // Now: to open it later takes a descriptor, and there may be none.
    RelayServerOptions options = new()
    {
        Upstream = to,
        Mode = arguments.Mode(),
        IdleTimeout = arguments.GetValue(idle) ?? Timeout.InfiniteTimeSpan,
        LingerAfterHalfClose = arguments.GetValue(linger) ?? Timeout.InfiniteTimeSpan,
        DrainTimeout = TimeSpan.FromSeconds(5),
        Warned = warning => log.WriteLine(warning.Message),
    };
    RelayServer server;
    try
    {
        options.Listeners.Add(new RelayListener(Address.Resolve(from)));
        server = new RelayServer(options);
        await server.StartAsync();
    }
    catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
    {
        return SampleHost.Fail(1, $"cannot listen on {EndPointText.Format(from)}: {e.Message}");
    }

    using ManualResetEventSlim isToStop = new();
    string first = $"listening on {EndPointText.Format(server.EndPoints[0])}, relaying to {EndPointText.Format(to)}";
    return SampleHost.Serve(arguments, first, Run, isToStop.Set);

    object Run()
    {
        isToStop.Wait();
        server.StopAsync().Wait(); // Accepts no more, and gives what lives five seconds.
        return Totals.Of(server.GetCounters());
    }
}
