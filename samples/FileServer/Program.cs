using System.CommandLine;
using System.Net.Sockets;
using Zerocopy;
using Zerocopy.Samples;
using Zerocopy.Samples.FileServer;

Option<string> folder = new("--root") { Description = "The folder to serve.", HelpName = "DIR" };
Option<string[]> run = new("--run")
{
    Description = "What /run/NAME answers with: the output of this shell command, as it comes. May be repeated.",
    HelpName = "NAME=COMMAND",
};
Option<bool> allowPut = new("--allow-put") { Description = "Take files by PUT." };
Option<long?> putMax = Arguments.Size("--put-max", "The largest file to take; 1 GiB if not given.");
Option<int> connections = new("--connections")
{
    Description = "At most so many clients at once; the others wait.",
    DefaultValueFactory = _ => 256,
};
Option<TimeSpan?> idle = Arguments.Seconds(
    "--idle-timeout", "End a connection after so long without a byte; 60 if not given.");
Option<TimeSpan?> headTimeout = Arguments.Seconds(
    "--head-timeout", "How long a request's head may take; 10 if not given.");
RootCommand root = new("Serves a folder over HTTP/1.1 by sendfile. With no arguments: a demo of itself.")
{
    folder, Arguments.Listen, run, allowPut, putMax, connections, idle, headTimeout, Arguments.CopyOnly,
    Arguments.UntilInputEnds,
};
Demo.AddTo(root);
root.SetAction((result, token) => result.GetValue(Arguments.Listen) is null && result.GetValue(folder) is null
    ? Demo.RunAsync(result, token) : Task.FromResult(RunServer(result)));
return await SampleHost.RunAsync(root, args);

int RunServer(ParseResult arguments)
{
    if (arguments.GetValue(Arguments.Listen) is not { } from || arguments.GetValue(folder) is not { } served)
    {
        return SampleHost.Fail(2, "--root and --listen go together (--help shows the options)");
    }

    Dictionary<string, string> commands = [];
    foreach (string entry in arguments.GetValue(run) ?? [])
    {
        string[] parts = entry.Split('=', 2);
        if (parts is not [{ Length: > 0 }, { Length: > 0 }] || !commands.TryAdd(parts[0], parts[1]))
        {
            return SampleHost.Fail(2, $"'{entry}' is no NAME=COMMAND, or its name is taken (--help shows the options)");
        }
    }

    if (arguments.GetValue(connections) < 1)
    {
        return SampleHost.Fail(2, "--connections is at least 1");
    }

    if (!Directory.Exists(served))
    {
        return SampleHost.Fail(1, $"cannot serve {served}: there is no such folder");
    }

    ServerOptions options = new()
    {
        Root = served,
        Commands = commands,
        AllowPut = arguments.GetValue(allowPut),
        PutBytesMax = arguments.GetValue(putMax) ?? 1L << 30,
        ConnectionsMax = arguments.GetValue(connections),
        IdleTimeout = arguments.GetValue(idle) ?? TimeSpan.FromSeconds(60),
        HeadTimeout = arguments.GetValue(headTimeout) ?? TimeSpan.FromSeconds(10),
        Mode = arguments.Mode(),
    };
    if (!SampleHost.TryListen(from, out Socket? listener))
    {
        return 1;
    }

    using Server server = new(listener, options, Console.Error);
    string first = $"listening on {EndPointText.Format(listener.LocalEndPoint!)}, serving {served}";
    return SampleHost.Serve(arguments, first, server.Run, server.Stop);
}
