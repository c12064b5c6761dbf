// The C# of docs/getting-started.md, compiled and run: GettingStartedTests runs it, PagesTests compares the two.
using System.Net.Sockets;
using Zerocopy;
using Zerocopy.Server;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class GettingStartedCode
{
    internal static async Task Proxy(string[] args)
    {
        // block 1
        RelayServerOptions options = new()
        {
            Upstream = EndPointText.Parse(args[1]),
            DrainTimeout = TimeSpan.FromSeconds(10),
            Warned = warning => Console.WriteLine(warning.Message),
            ConnectionsEnded = ended => Console.WriteLine(string.Join('\n', ended)),
        };
        options.Listeners.Add(new RelayListener(EndPointText.Parse(args[0])));
        await using RelayServer server = new(options);
        await server.StartAsync();
        Console.WriteLine($"listening on {EndPointText.Format(server.EndPoints[0])}");

        TaskCompletionSource stop = new();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true; // The process goes on until the connections have ended.
            stop.TrySetResult();
        };
        await stop.Task;
        Console.WriteLine($"stopping: {server.GetCounters().Active} connections have {options.DrainTimeout} to end");
        await server.StopAsync();

        // end
    }

    internal static Task<bool> Save(Socket source, string file)
    {
        return SaveAsync(source, file);

        // block 2
        static async Task<bool> SaveAsync(Socket client, string path)
        {
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            try
            {
                TransferResult result = await Transfer.CopyAsync(client, file);
                Console.WriteLine($"{path}: {result.BytesWritten} bytes, {result.BytesSpliced} of them spliced");
                return true;
            }
            catch (TransferException e)
            {
                Console.WriteLine($"{path}: cut off after {e.Progress.BytesWritten} bytes: {e.Message}");
                return false;
            }
        }

        // end
    }
}
