// --log of every sample that serves: a line for each connection, with who, when, how much, and how it ended.
using System.Net;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed class SampleLogTests : IDisposable
{
    private const string When = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z ";
    private const string At = " at [0-9]+\\.[0-9]{3} s";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Of_the_proxy()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using ProxyProcess proxy = await ProxyProcess.Listen(endPoint, "--log");
        EndPoint name;
        using (Socket client = proxy.Connect())
        using (Socket server = await Deadline.OnThread(upstream.Accept).Within("the connection"))
        {
            name = client.LocalEndPoint!;
            client.Send("hello"u8);
            Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(server, 5).Within("the greeting"));
            server.Send("hi"u8);
            Assert.Equal("hi"u8.ToArray(), await Peer.ReadExactly(client, 2).Within("the answer"));
            client.Shutdown(SocketShutdown.Send);
            Assert.Empty(await Peer.ReadAll(server).Within("the end"));
        }

        Assert.Matches(
            $"{When}connection 1: {name} to {endPoint}, connected{At}, first byte up{At}, first byte down{At}, "
                + $"closed{At}; left ended: 5 B up, 2 B down; EndOfStream$",
            await proxy.ReadLine());

        upstream.Dispose();
        proxy.Connect().Dispose();
        Assert.Matches(
            $"{When}connection 2: 127\\.0\\.0\\.1:[0-9]+ to {endPoint}, closed{At}; ConnectFailed, ECONNREFUSED$",
            await proxy.ReadLine());
        Assert.StartsWith("relays: 1, ", (await proxy.Stop()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_the_recorder()
    {
        using Socket upstream = SocketPair.Listen(Family.Tcp, out EndPoint endPoint);
        using RecorderProcess recorder = await RecorderProcess.Listen(endPoint, _folder.PathOf("a.ts"), "--log");
        await recorder.Stream(upstream, 1000);
        Assert.Matches(
            $"{When}connection 1: 127\\.0\\.0\\.1:[0-9]+ to {endPoint}, closed{At}; 1000 bytes came, ended by "
                + $"EndOfStream; 1000 bytes live, 0 back; 1000 bytes recorded in {_folder.PathOf("a.ts")}, "
                + "ended by EndOfStream$",
            await recorder.Process.ReadLine());
        Assert.StartsWith("connections: 1; ", (await recorder.Stop()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_the_file_server()
    {
        await File.WriteAllTextAsync(_folder.PathOf("a.txt"), "0123456789");
        using ProxyProcess server = await ProxyProcess.StartSample(
            "FileServer", null, "--listen", "127.0.0.1:0", "--root", _folder.PathOf("."), "--log");
        EndPoint name;
        using (HttpPeer client = new(server.Connect()))
        {
            name = client.Socket.LocalEndPoint!;
            Assert.Equal(200, (await client.Ask("GET /a.txt")).Status);
            Assert.Equal(404, (await client.Ask("GET /b.txt")).Status);
        }

        Assert.Matches(
            $"{When}connection 1: {name}, closed{At}; answers: 2xx 1, 4xx 1; "
                + "bytes: 10 by sendfile, 0 spliced, [0-9]+ copied; the client ended it$",
            await server.ReadLine());
        using (HttpPeer client = new(server.Connect()))
        {
            Assert.True((await client.Ask("GET /a.txt", "Connection: close")).Closes);
            await client.AssertEnd();
        }

        Assert.Matches("connection 2: .*; the server ended it$", await server.ReadLine());
        using (HttpPeer client = new(server.Connect()))
        {
            client.Send("GET /a.txt HTTP/1.1\r\n");
            SocketPair.Reset(client.Socket);
        }

        Assert.Matches("connection 3: .*; answers: none; .*; broken: .+$", await server.ReadLine());
        Assert.StartsWith("connections: 3, 1 broken; ", (await server.Stop()).Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
