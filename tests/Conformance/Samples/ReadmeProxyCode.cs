// The first C# of README.md: a whole program.
using System.Runtime.InteropServices;
using Zerocopy;
using Zerocopy.Server;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class ReadmeProxyCode
{
    internal static async Task Proxy()
    {
        // block 1
        RelayServerOptions options = new()
        {
            Upstream = EndPointText.Parse("localhost:9000"),
            DrainTimeout = TimeSpan.FromSeconds(10),
            Warned = warning => Console.Error.WriteLine(warning.Message),
            ConnectionsEnded = ended => Console.WriteLine(string.Join('\n', ended)),
        };
        options.Listeners.Add(new RelayListener(EndPointText.Parse(":8080")));

        TaskCompletionSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            stop.TrySetResult();
        });
        await using RelayServer server = new(options);
        await server.StartAsync();
        await stop.Task;
        await server.StopAsync();

        // end
    }
}
