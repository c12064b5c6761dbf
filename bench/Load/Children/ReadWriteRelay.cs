using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>The recorder that everybody writes first: read once, write twice, through one buffer.</summary>
internal sealed class ReadWriteRelay(EndPoint target, CopyTarget copy, RelayCounters counters)
{
    private const int BufferBytes = 128 * 1024;

    internal void Serve(Socket listener)
    {
        while (true)
        {
            Socket client = listener.Accept();
            counters.Begin();
            _ = RelayAsync(client);
        }
    }

    private async Task RelayAsync(Socket client)
    {
        string? failure = null;
        try
        {
            client.NoDelay = true;
            Socket upstream = new(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await upstream.ConnectAsync(target);
            await using NetworkStream left = new(client, ownsSocket: true), right = new(upstream, ownsSocket: true);
            await using Stream? mirror = await copy.OpenAsync();
            await Task.WhenAll(PumpAsync(left, right, mirror!), PumpBackAsync(right, left));
        }
        catch (Exception e)
        {
            client.Dispose();
            failure = e.Message;
        }

        counters.End(default, failure);
    }

    private static async Task PumpAsync(NetworkStream source, NetworkStream destination, Stream mirror)
    {
        byte[] buffer = new byte[BufferBytes];
        for (int bytes; (bytes = await source.ReadAsync(buffer)) > 0;)
        {
            await destination.WriteAsync(buffer.AsMemory(0, bytes));
            if (mirror is FileStream file)
            {
                file.Write(buffer, 0, bytes); // WriteAsync would only have another thread do the same.
            }
            else
            {
                await mirror.WriteAsync(buffer.AsMemory(0, bytes));
            }
        }

        destination.Socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task PumpBackAsync(NetworkStream source, NetworkStream destination)
    {
        await source.CopyToAsync(destination, BufferBytes);
        destination.Socket.Shutdown(SocketShutdown.Send);
    }
}
