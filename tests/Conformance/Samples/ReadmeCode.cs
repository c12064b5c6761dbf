// The C# of README.md, compiled: ReadmeTests compares the two, block by block.
using System.Net;
using System.Net.Sockets;
using Zerocopy;

namespace Readme; // Outside ours, so that it needs what a stranger needs.

internal static class ReadmeCode
{
    internal static async Task Proxy()
    {
        // block 1
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 8080));
        listener.Listen();
        while (true)
        {
            _ = ServeAsync(listener.Accept());
        }

        static async Task ServeAsync(Socket client)
        {
            using (client)
            using (Socket upstream = await Dialer.ConnectAsync(new DnsEndPoint("localhost", 9000)))
            {
                RelayResult relay = await Relay.RunAsync(client, upstream, new RelayOptions { CloseEndpoints = true });
                Console.WriteLine($"{relay.EndedBy}: {relay.LeftToRight.BytesSpliced} bytes up went by splice");
            }
        }

        // end
    }

    internal static async Task OneWay(Socket source, Socket destination)
    {
        // block 2
        TransferOptions options = new() { LimitBytes = 1_000_000 };
        TransferResult result = await Transfer.CopyAsync(source, destination, options);
        if (result.FallbackError != 0)
        {
            Console.WriteLine($"refused with errno {result.FallbackError}: {result.BytesBuffered} bytes were copied");
        }

        // end
    }

    internal static Task Recorder(Socket source, Socket destination, string file)
    {
        return RecordAsync(source, destination, file);

        // block 3
        static async Task RecordAsync(Socket camera, Socket client, string path)
        {
            using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            FlowOptions recorded = new() { Mirror = file };
            RelayOptions options = new() { LeftToRight = recorded, CloseEndpoints = true };
            RelayResult relay = await Relay.RunAsync(camera, client, options);
            TeeResult recording = relay.LeftToRight.Mirror!;
            Console.WriteLine($"{recording.BytesMirrored} bytes recorded, {recording.BytesTeed} of them teed");
            Console.WriteLine($"the live stream ended by {relay.EndedBy}, the recording by {recording.EndedBy}");
        }

        // end
    }

    internal static Task SendFile(Socket destination, string file, ReadOnlyMemory<byte> prefix)
    {
        return SendFileAsync(destination, file, prefix);

        // block 4
        static async Task SendFileAsync(Socket client, string path, ReadOnlyMemory<byte> head)
        {
            using FileStream file = File.OpenRead(path);
            TransferOptions options = new() { Prefix = head };
            TransferResult sent = await Transfer.CopyAsync(file, client, options);
            Console.WriteLine($"{sent.BytesSendfile} of {sent.BytesWritten} bytes by sendfile");
        }

        // end
    }

#pragma warning disable ZC1013 // It shows what the rule finds; a test of the analyzers sees that it does.
    internal static ValueTask<TransferResult> Mistake(string file, Socket destination)
    {
        return SendAsync(file, destination);

        // block 5
        static ValueTask<TransferResult> SendAsync(string path, Socket client)
        {
            using FileStream file = File.OpenRead(path);
            return Transfer.CopyAsync(file, client); // ZC1013: 'file' is disposed when this method returns
        }

        // end
    }
#pragma warning restore ZC1013
}
