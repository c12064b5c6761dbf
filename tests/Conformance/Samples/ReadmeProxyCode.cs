// The first C# of README.md: a whole program.
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
            Upstream = EndPointText.Parse("127.0.0.1:9000"),
            DrainTimeout = TimeSpan.FromSeconds(10),
            Warned = warning => Console.Error.WriteLine(warning.Message),
            ConnectionsEnded = ended => Console.WriteLine(string.Join('\n', ended)),
        };
        options.Listeners.Add(new RelayListener(EndPointText.Parse(":8080")));

        TaskCompletionSource stop = new();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true; // The process goes on until the connections have ended.
            stop.TrySetResult();
        };
        await using RelayServer server = new(options);
        await server.StartAsync();
        Console.WriteLine($"listening on {EndPointText.Format(server.EndPoints[0])}");
        await stop.Task;
        await server.StopAsync();

        // end
    }
}
