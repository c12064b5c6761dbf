// A stranger's program: relays a stream and records it, sends the recording, serves both ways, and says how the bytes
// went.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Zerocopy;
using Zerocopy.Server;

Console.WriteLine($"on {Environment.Version}");
byte[] sent = RandomNumberGenerator.GetBytes(16 * 1024 * 1024);
string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
try
{
    (Socket client, Socket left) = Connect();
    (Socket server, Socket right) = Connect();
    using (client)
    using (server)
    {
        Task<byte[]> received = ReceiveAsync(server);
        Task<RelayResult> relaying = RelayAsync(left, right, path);
        await SendAsync(client, sent);
        Check("relayed", sent, await received);
        server.Shutdown(SocketShutdown.Send);
        TransferResult relayed = (await relaying).LeftToRight;
        Check("recorded", sent, await File.ReadAllBytesAsync(path));
        Console.WriteLine($"spliced {relayed.BytesSpliced}");
        Console.WriteLine($"teed {relayed.Mirror!.BytesTeed}");
    }

    (Socket reader, Socket writer) = Connect();
    using (reader)
    using (writer)
    {
        Task<byte[]> received = ReceiveAsync(reader);
        using FileStream file = File.OpenRead(path);
        TransferResult result = await Transfer.CopyAsync(file, writer);
        writer.Shutdown(SocketShutdown.Send);
        Check("file", sent, await received);
        Console.WriteLine($"sendfile {result.BytesSendfile}");
    }

    Console.WriteLine($"served {await ServeAsync(sent)}");
}
finally
{
    File.Delete(path);
}

static async Task<RelayResult> RelayAsync(Socket left, Socket right, string path)
{
    using FileStream recording = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    FlowOptions recorded = new() { Mirror = recording };
    return await Relay.RunAsync(left, right, new RelayOptions { LeftToRight = recorded, CloseEndpoints = true });
}

static async Task<long> ServeAsync(byte[] sent)
{
    using Socket upstream = Listen();
    await using RelayServer server = new(new IPEndPoint(IPAddress.Loopback, 0), upstream.LocalEndPoint!);
    await server.StartAsync();
    using Socket client = await Dialer.ConnectAsync(server.EndPoints[0]);
    using Socket behind = upstream.Accept();
    Task<byte[]> received = ReceiveAsync(behind), answered = ReceiveAsync(client);
    await Task.WhenAll(SendAsync(client, sent), SendAsync(behind, sent));
    Check("served", sent, await received);
    Check("answered", sent, await answered);
    await server.StopAsync();
    return server.GetCounters().BytesSpliced;
}

static async Task SendAsync(Socket socket, byte[] bytes)
{
    using NetworkStream stream = new(socket);
    await stream.WriteAsync(bytes);
    socket.Shutdown(SocketShutdown.Send);
}

static async Task<byte[]> ReceiveAsync(Socket socket)
{
    using NetworkStream stream = new(socket);
    using MemoryStream all = new();
    await stream.CopyToAsync(all);
    return all.ToArray();
}

static (Socket One, Socket Other) Connect()
{
    using Socket listener = Listen();
    Socket one = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    one.Connect(listener.LocalEndPoint!);
    return (one, listener.Accept());
}

static Socket Listen()
{
    Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    listener.Listen();
    return listener;
}

static void Check(string what, byte[] expected, byte[] actual)
{
    if (!actual.AsSpan().SequenceEqual(expected))
    {
        throw new InvalidDataException($"{what}: {actual.Length} bytes, not those that were sent");
    }
}
