// Many connections at once, none of which may see another's bytes.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Server;

namespace Zerocopy.Conformance.Servers;

public sealed class ServerManyTests
{
    private const int Connections = 1000;
    private const int Bytes = 20_000;

    [Theory(Timeout = 4 * Deadline.Ms)]
    [InlineData(1)]
    [InlineData(2)]
    [Cases("S-21")]
    public async Task Every_connection_gets_its_own_bytes_back(int loops)
    {
        await using ServerRig rig = await ServerRig.Start(loops: loops);
        Task echoing = Echo(rig.Upstream);
        Task[] clients = [.. Enumerable.Range(0, Connections).Select(number => Converse(rig, number))];
        await Task.WhenAll(clients).Within("the clients", 3 * Deadline.Ms);
        await echoing.Within("the upstream");
        _ = await rig.Ended(Connections);
        RelayServerCounters counters = rig.Server.GetCounters();
        Assert.Equal((Connections, Connections), (counters.Accepted, counters.EndedBy(RelayEnd.EndOfStream)));
        Assert.Equal((long)Connections * Bytes, counters.BytesToUpstream);
        Assert.Equal((long)Connections * Bytes, counters.BytesToClient);
        Assert.Equal(Connections, rig.Records.Select(record => record.Id).Distinct().Count());
    }

    private static async Task Converse(ServerRig rig, int number)
    {
        byte[] sent = new byte[Bytes];
        new Random(number).NextBytes(sent);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(rig.Server.EndPoints[0]);
        int half = Bytes / 2;
        await SendAll(client, sent.AsMemory(0, half));
        byte[] received = new byte[Bytes];
        await ReceiveAll(client, received.AsMemory(0, half));
        await SendAll(client, sent.AsMemory(half));
        client.Shutdown(SocketShutdown.Send);
        await ReceiveAll(client, received.AsMemory(half));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
        Assert.True(sent.AsSpan().SequenceEqual(received), $"connection {number} got other bytes");
    }

    private static async Task Echo(Socket upstream)
    {
        List<Task> all = [];
        for (int i = 0; i < Connections; i++)
        {
            all.Add(EchoOne(await upstream.AcceptAsync()));
        }

        await Task.WhenAll(all);
    }

    private static async Task EchoOne(Socket peer)
    {
        using (peer)
        {
            byte[] buffer = new byte[4096];
            for (int count; (count = await peer.ReceiveAsync(buffer)) > 0;)
            {
                await SendAll(peer, buffer.AsMemory(0, count));
            }
        }
    }

    private static async Task SendAll(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes)..];
        }
    }

    private static async Task ReceiveAll(Socket socket, Memory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = await socket.ReceiveAsync(bytes);
            Assert.True(count > 0, "the stream ended early");
            bytes = bytes[count..];
        }
    }
}
