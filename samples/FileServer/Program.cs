using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zerocopy;
using Zerocopy.Samples.FileServer;
using Zerocopy.Samples.Proxy;
using Zerocopy.Samples.Recorder;

Option<EndPoint> listen = new("--listen")
{
    Description = "Where to accept: HOST:PORT, [::1]:PORT or unix:/PATH. Port 0 takes a free one.",
    HelpName = "ADDRESS",
    CustomParser = result => Parse(result, Address.Parse),
};
Option<string> folder = new("--root") { Description = "The folder to serve.", HelpName = "DIR" };
Option<string[]> run = new("--run")
{
    Description = "What /run/NAME answers with: the output of this shell command, as it comes. May be repeated.",
    HelpName = "NAME=COMMAND",
};
Option<bool> allowPut = new("--allow-put") { Description = "Take files by PUT." };
Option<long?> putMax = new("--put-max")
{
    Description = "The largest file to take; 1 GiB if not given. In B, KB, MB, GB, KiB, MiB or GiB.",
    HelpName = "SIZE",
    CustomParser = result => Parse<long?>(result, text => ByteSize.Parse(text)),
};
Option<int> connections = new("--connections")
{
    Description = "At most so many clients at once; the others wait.",
    DefaultValueFactory = _ => 256,
};
Option<TimeSpan> idle = new("--idle-timeout")
{
    Description = "End a connection after so long without a byte.",
    HelpName = "SECONDS",
    CustomParser = result => Parse(result, Seconds),
    DefaultValueFactory = _ => TimeSpan.FromSeconds(60),
};
Option<TimeSpan> headTimeout = new("--head-timeout")
{
    Description = "How long a request's head may take.",
    HelpName = "SECONDS",
    CustomParser = result => Parse(result, Seconds),
    DefaultValueFactory = _ => TimeSpan.FromSeconds(10),
};
Option<bool> copyOnly = new("--copy-only") { Description = "Copy through memory instead of sendfile and splice." };
Option<bool> untilInputEnds = new("--until-input-ends") { Hidden = true };
RootCommand root = new("Serves a folder over HTTP/1.1 by sendfile. With no arguments: a demo of itself.")
{
    folder, listen, run, allowPut, putMax, connections, idle, headTimeout, copyOnly, untilInputEnds,
};
Demo.AddTo(root);
root.SetAction((result, token) => result.GetValue(listen) is null && result.GetValue(folder) is null
    ? Demo.RunAsync(result, token) : Task.FromResult(RunServer(result)));

ParseResult parsed = root.Parse(args);
return parsed.Errors.Count > 0
    ? Fail(2, $"{parsed.Errors[0].Message} (--help shows the options)")
    : await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

int RunServer(ParseResult arguments)
{
    if (arguments.GetValue(listen) is not { } from || arguments.GetValue(folder) is not { } served)
    {
        return Fail(2, "--root and --listen go together (--help shows the options)");
    }

    Dictionary<string, string> commands = [];
    foreach (string entry in arguments.GetValue(run) ?? [])
    {
        string[] parts = entry.Split('=', 2);
        if (parts is not [{ Length: > 0 }, { Length: > 0 }] || !commands.TryAdd(parts[0], parts[1]))
        {
            return Fail(2, $"'{entry}' is no NAME=COMMAND, or its name is taken (--help shows the options)");
        }
    }

    if (arguments.GetValue(connections) < 1)
    {
        return Fail(2, "--connections is at least 1");
    }

    if (!Directory.Exists(served))
    {
        return Fail(1, $"cannot serve {served}: there is no such folder");
    }

    ServerOptions options = new()
    {
        Root = served,
        Commands = commands,
        AllowPut = arguments.GetValue(allowPut),
        PutBytesMax = arguments.GetValue(putMax) ?? 1L << 30,
        ConnectionsMax = arguments.GetValue(connections),
        IdleTimeout = arguments.GetValue(idle),
        HeadTimeout = arguments.GetValue(headTimeout),
        Mode = arguments.GetValue(copyOnly) ? TransferMode.CopyOnly : TransferMode.Auto,
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

    using Server server = new(listener, options, Console.Error);
    bool isStopping = false;
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    if (arguments.GetValue(untilInputEnds))
    {
        DemoPeers.WhenInputEnds(server.Stop);
    }

    Console.WriteLine($"listening on {Address.Format(listener.LocalEndPoint!)}, serving {served}");
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

static TimeSpan Seconds(string text)
    => double.TryParse(text, out double seconds) && seconds is >= 0.001 and <= 86400
        ? TimeSpan.FromSeconds(seconds)
        : throw new FormatException($"'{text}' is no number of seconds: more than 0, at most a day");

static int Fail(int exitCode, string why)
{
    Console.Error.WriteLine($"FileServer: {why}");
    return exitCode;
}
