using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Zerocopy;
using Zerocopy.Samples.Proxy;
using Zerocopy.Samples.Recorder;

Option<EndPoint> listen = new("--listen")
{
    Description = "Where to accept: HOST:PORT, [::1]:PORT or unix:/PATH. Port 0 takes a free one.",
    HelpName = "ADDRESS",
    CustomParser = result => Parse(result, Address.Parse),
};
Option<string> record = new("--record")
{
    Description = "Where to record what the connecting side sends. After camera.ts, later connections get camera-2.ts, "
        + "camera-3.ts and so on. A file that exists is refused, unless it is empty.",
    HelpName = "FILE",
};
Option<EndPoint> connect = new("--connect")
{
    Description = "Where to relay to, live: the same forms as --listen. A name is looked up for each connection.",
    HelpName = "ADDRESS",
    CustomParser = result => Parse(result, Address.Parse),
};
Option<long?> rotate = new("--rotate")
{
    Description = "After so many bytes each go on in FILE.1, FILE.2 and so on. In B, KB, MB, GB, KiB, MiB or GiB.",
    HelpName = "SIZE",
    CustomParser = result => Parse<long?>(result, text => ByteSize.Parse(text)),
};
Option<TeeLag> onLag = new("--on-lag")
{
    Description = "When the disk does not keep up: the stream waits for it (wait, as if not given), or goes on without "
        + "a recording (detach).",
    HelpName = "wait|detach",
    CustomParser = result => Parse(result, Lag),
};
Option<bool> append = new("--append") { Description = "Continue files that exist." };
Option<bool> copyOnly = new("--copy-only") { Description = "Copy through memory instead of splicing." };
Option<bool> untilInputEnds = new("--until-input-ends") { Hidden = true };
RootCommand root = new("Records what a camera sends while somebody watches. With no arguments: a demo of itself.")
{
    listen, record, connect, rotate, onLag, append, copyOnly, untilInputEnds,
};
Demo.AddTo(root);
root.SetAction((result, token) =>
    result.GetValue(listen) is null && result.GetValue(record) is null && result.GetValue(connect) is null
        ? Demo.RunAsync(result, token) : Task.FromResult(RunRecorder(result)));

ParseResult parsed = root.Parse(args);
return parsed.Errors.Count > 0
    ? Fail(2, $"{parsed.Errors[0].Message} (--help shows the options)")
    : await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

int RunRecorder(ParseResult arguments)
{
    if (arguments.GetValue(listen) is not { } from || arguments.GetValue(record) is not { } path
        || arguments.GetValue(connect) is not { } to)
    {
        return Fail(2, "--listen, --record and --connect go together (--help shows the options)");
    }

    TransferMode mode = arguments.GetValue(copyOnly) ? TransferMode.CopyOnly : TransferMode.Auto;
    RecorderOptions options = new(
        path, arguments.GetValue(rotate), arguments.GetValue(append), arguments.GetValue(onLag), mode);
    Socket listener;
    try
    {
        listener = Address.Listen(from);
    }
    catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
    {
        return Fail(1, $"cannot listen on {Address.Format(from)}: {e.Message}");
    }

    RecorderServer server;
    try
    {
        server = new RecorderServer(listener, to, options);
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
    {
        listener.Dispose();
        return Fail(1, $"cannot record: {e.Message}");
    }

    using (server)
    {
        return Serve(server, arguments, $"listening on {Address.Format(listener.LocalEndPoint!)}, "
            + $"relaying to {Address.Format(to)}, recording in {path}");
    }
}

int Serve(RecorderServer server, ParseResult arguments, string firstLine)
{
    bool isStopping = false;
    using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    if (arguments.GetValue(untilInputEnds))
    {
        DemoPeers.WhenInputEnds(server.Stop);
    }

    Console.WriteLine(firstLine);
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

static TeeLag Lag(string text) => text switch
{
    "wait" => TeeLag.Wait,
    "detach" => TeeLag.Detach,
    _ => throw new FormatException($"'{text}' is neither wait nor detach"),
};

static int Fail(int exitCode, string why)
{
    Console.Error.WriteLine($"Recorder: {why}");
    return exitCode;
}
