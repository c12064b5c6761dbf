// Two seconds of bytes through a relay, and what the meter says of them, printed by OpenTelemetry.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Zerocopy;

using MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
    .AddMeter("Zerocopy")
    .AddConsoleExporter()
    .Build(); // Prints a last time when it is disposed.

using Socket listener = Listen(), upstream = Listen();
Task<long> receiving = Task.Run(() => Receive(upstream));
Task relay = Task.Run(() => ServeAsync(listener.Accept(), upstream.LocalEndPoint!));
long sent = Send(listener.LocalEndPoint!);
await relay;
Console.WriteLine($"sent {sent} bytes through the relay, {await receiving} arrived");
return sent == await receiving ? 0 : 1;

static async Task ServeAsync(Socket client, EndPoint target)
{
    using (client)
    using (Socket upstream = await Dialer.ConnectAsync(target))
    {
        _ = await Relay.RunAsync(client, upstream, new RelayOptions { CloseEndpoints = true });
    }
}

static Socket Listen()
{
    Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    socket.Listen();
    return socket;
}

static long Send(EndPoint target)
{
    using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    client.Connect(target);
    byte[] burst = new byte[1 << 20];
    long sent = 0;
    for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalSeconds < 2; Thread.Sleep(20))
    {
        sent += client.Send(burst); // Spliced.
        Thread.Sleep(20);
        sent += client.Send(burst.AsSpan(0, 100)); // Copied: it is small.
    }

    return sent;
}

static long Receive(Socket listener)
{
    using Socket socket = listener.Accept();
    byte[] buffer = new byte[1 << 20];
    long received = 0;
    for (int count = 1; count > 0; received += count)
    {
        count = socket.Receive(buffer);
    }

    return received;
}
