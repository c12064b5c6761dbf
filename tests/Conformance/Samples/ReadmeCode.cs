// The rest of the C# of README.md: ReadmeTests compares the two, block by block.
using System.Net;
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class ReadmeCode
{
    internal static async Task Calls(Socket source, EndPoint endPoint, string file)
    {
        await TunnelAsync(source, endPoint, CancellationToken.None);
        await SendFileAsync(source, file, default);

        // block 2
        static async Task TunnelAsync(Socket client, EndPoint target, CancellationToken stop)
        {
            using (client)
            {
                Socket upstream = await Dialer.ConnectAsync(target, stop);
                RelayResult relay = await Relay.RunAsync(client, upstream, new() { CloseEndpoints = true }, stop);
                Console.WriteLine(relay); // left ended: 12.4 MB up (spliced), 310 B down; EndOfStream
            }
        }

        static async Task SendFileAsync(Socket client, string path, ReadOnlyMemory<byte> head)
        {
            using FileStream file = File.OpenRead(path);
            TransferResult sent = await Transfer.CopyAsync(file, client, new() { Prefix = head });
            Console.WriteLine($"{sent.BytesSendfile} of {sent.BytesWritten} bytes by sendfile");
        }

        // end
    }

#pragma warning disable ZC1013 // It shows what the rule finds; a test of the analyzers sees that it does.
    internal static ValueTask<TransferResult> Mistake(string file, Socket destination)
    {
        return SendAsync(file, destination);

        // block 3
        static ValueTask<TransferResult> SendAsync(string path, Socket client)
        {
            using FileStream file = File.OpenRead(path);
            return Transfer.CopyAsync(file, client); // ZC1013: 'file' is disposed when this method returns
        }

        // end
    }
#pragma warning restore ZC1013
}
