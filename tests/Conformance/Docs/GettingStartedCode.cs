// The C# of docs/getting-started.md, compiled and run: GettingStartedTests runs it, PagesTests compares the two.
using System.Net;
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class GettingStartedCode
{
    internal static void Proxy(string[] args)
    {
        // block 1
        IPEndPoint from = IPEndPoint.Parse(args[0]);
        IPEndPoint to = IPEndPoint.Parse(args[1]);
        using Socket listener = new(from.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        listener.Bind(from);
        listener.Listen();
        Console.WriteLine($"listening on {listener.LocalEndPoint}");
        while (true)
        {
            _ = ServeAsync(listener.Accept(), to);
        }

        static async Task ServeAsync(Socket client, EndPoint target)
        {
            try
            {
                using (client)
                using (Socket upstream = await Dialer.ConnectAsync(target))
                {
                    RelayOptions options = new() { CloseEndpoints = true };
                    RelayResult relay = await Relay.RunAsync(client, upstream, options);
                    Console.WriteLine($"{relay.EndedBy}: {Words(relay.LeftToRight)} up, "
                        + $"{Words(relay.RightToLeft)} down");
                }
            }
            catch (SocketException e)
            {
                Console.WriteLine($"no connection to {target}: {e.Message}");
            }
        }

        static string Words(TransferResult way)
            => $"{way.BytesWritten} bytes ({way.BytesSpliced} spliced, {way.BytesBuffered} copied)";

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
