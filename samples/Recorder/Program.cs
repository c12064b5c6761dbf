using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Zerocopy;
using Zerocopy.Samples;
using Zerocopy.Samples.Recorder;

Option<string> record = new("--record")
{
    Description = "Where to record what the connecting side sends. After camera.ts, later connections get camera-2.ts, "
        + "camera-3.ts and so on. A file that exists is refused, unless it is empty.",
    HelpName = "FILE",
};
Option<long?> rotate = Arguments.Size("--rotate", "After so many bytes each go on in FILE.1, FILE.2 and so on.");
Option<TeeLag> onLag = new("--on-lag")
{
    Description = "When the disk does not keep up: the stream waits for it (wait, as if not given), or goes on without "
        + "a recording (detach).",
    HelpName = "wait|detach",
    CustomParser = result => Arguments.Parse(result, Lag),
};
Option<bool> append = new("--append") { Description = "Continue files that exist." };
RootCommand root = new("Records what a camera sends, and shows it live to a viewer if there is one. "
    + "With no arguments: a demo of itself.")
{
    Arguments.Listen, record, Arguments.Connect, rotate, onLag, append, Arguments.Log, Arguments.CopyOnly,
    Arguments.UntilInputEnds,
};
Demo.AddTo(root);
root.SetAction((result, token) => result.GetValue(Arguments.Listen) is null && result.GetValue(record) is null
    && result.GetValue(Arguments.Connect) is null
        ? Demo.RunAsync(result, token) : Task.FromResult(RunRecorder(result)));
return await SampleHost.RunAsync(root, args);

int RunRecorder(ParseResult arguments)
{
    if (arguments.GetValue(Arguments.Listen) is not { } from || arguments.GetValue(record) is not { } path
        || arguments.GetValue(Arguments.Connect) is not { } to)
    {
        return SampleHost.Fail(2, "--listen, --record and --connect go together (--help shows the options)");
    }

    RecorderOptions options = new(
        path, arguments.GetValue(rotate), arguments.GetValue(append), arguments.GetValue(onLag), arguments.Mode(),
        arguments.GetValue(Arguments.Log));
    return SampleHost.TryListen(from, out Socket? listener) ? Record(listener, to, options, arguments) : 1;
}

int Record(Socket listener, EndPoint to, RecorderOptions options, ParseResult arguments)
{
    RecorderServer server;
    try
    {
        server = new RecorderServer(listener, to, options);
    }
    catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
    {
        listener.Dispose();
        return SampleHost.Fail(1, $"cannot record: {e.Message}");
    }

    using (server)
    {
        string first = $"listening on {EndPointText.Format(listener.LocalEndPoint!)}, "
            + $"relaying to {EndPointText.Format(to)}, recording in {arguments.GetValue(record)}";
        return SampleHost.Serve(arguments, first, server);
    }
}

static TeeLag Lag(string text) => text switch
{
    "wait" => TeeLag.Wait,
    "detach" => TeeLag.Detach,
    _ => throw new FormatException($"'{text}' is neither wait nor detach"),
};
