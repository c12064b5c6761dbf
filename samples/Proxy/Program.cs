using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zerocopy;
using Zerocopy.Samples.Proxy;

Option<EndPoint> listen = new("--listen")
{
    Description = "Where to accept: HOST:PORT, [::1]:PORT or unix:/PATH. Port 0 takes a free one.",
    HelpName = "ADDRESS",
    CustomParser = result => Parse(result, Address.Parse),
};
Option<EndPoint> connect = new("--connect")
{
    Description = "Where to relay to: the same forms. A name is looked up for each connection.",
    HelpName = "ADDRESS",
    CustomParser = result => Parse(result, Address.Parse),
};
Option<TimeSpan?> idle = new("--idle-timeout")
{
    Description = "End a relay after so long without a byte.",
    HelpName = "SECONDS",
    CustomParser = result => Parse(result, Seconds),
};
Option<TimeSpan?> linger = new("--linger")
{
    Description = "End a relay so long after its first direction has ended.",
    HelpName = "SECONDS",
    CustomParser = result => Parse(result, Seconds),
};
Option<bool> copyOnly = new("--copy-only") { Description = "Copy through memory instead of splicing." };
Option<bool> untilInputEnds = new("--until-input-ends") { Hidden = true };
RootCommand root = new("Relays TCP and unix sockets through the kernel. With no arguments: a demo of itself.")
{
    listen, connect, idle, linger, copyOnly, untilInputEnds,
};
Demo.AddTo(root);
root.SetAction((result, token) => result.GetValue(listen) is null && result.GetValue(connect) is null
    ? Demo.RunAsync(result, token) : Task.FromResult(RunProxy(result)));

ParseResult parsed = root.Parse(args);
return parsed.Errors.Count > 0
    ? Fail(2, $"{parsed.Errors[0].Message} (--help shows the options)")
    : await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

int RunProxy(ParseResult arguments)
{
    if (arguments.GetValue(listen) is not { } from || arguments.GetValue(connect) is not { } to)
    {
        return Fail(2, "--listen and --connect go together (--help shows the options)");
    }

    FlowOptions flow = new() { Mode = arguments.GetValue(copyOnly) ? TransferMode.CopyOnly : TransferMode.Auto };
    RelayOptions options = new()
    {
        LeftToRight = flow,
        RightToLeft = flow,
        IdleTimeout = arguments.GetValue(idle) ?? Timeout.InfiniteTimeSpan,
        LingerAfterHalfClose = arguments.GetValue(linger) ?? Timeout.InfiniteTimeSpan,
        CloseEndpoints = true,
    };
    Socket listener;
    try
    {
        listener = Address.Listen(from);
    }
    catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
    {
        return Fail(1, $"cannot listen on {Address.Format(from)}: {e.Message}");
    }

    using ProxyServer server = new(listener, to, options, Console.Error);
    bool isStopping = false;
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    if (arguments.GetValue(untilInputEnds))
    {
        DemoPeers.WhenInputEnds(server.Stop);
    }

    Console.WriteLine($"listening on {Address.Format(listener.LocalEndPoint!)}, relaying to {Address.Format(to)}");
    Console.WriteLine(server.Run());
    return 0;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = !isStopping; // The second one does what it always does: it ends the process at once.
        isStopping = true;
        server.Stop();
    }
}

static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
{
    try
    {
        return parse(result.Tokens[0].Value);
    }
    catch (FormatException e)
    {
        result.AddError(e.Message);
        return default;
    }
}

static TimeSpan? Seconds(string text)
    => double.TryParse(text, out double seconds) && seconds is >= 0.001 and <= 24 * 86400
        ? TimeSpan.FromSeconds(seconds)
        : throw new FormatException($"'{text}' is no number of seconds: more than 0, at most 24 days");

static int Fail(int exitCode, string why)
{
    Console.Error.WriteLine($"Proxy: {why}");
    return exitCode;
}
