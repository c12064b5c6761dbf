using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Zerocopy.Bench.Kestrel;

/// <summary>Dials the target for each connection and copies both ways: Kestrel's pipes on one side, a stream on the
/// other.</summary>
internal sealed class RelayHandler(IPEndPoint target) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target);
        await using NetworkStream upstream = new(socket);
        await Task.WhenAll(
            ForthAsync(connection.Transport.Input, upstream),
            BackAsync(upstream, connection.Transport.Output));
    }

    private static async Task ForthAsync(PipeReader source, NetworkStream destination)
    {
        await source.CopyToAsync(destination);
        destination.Socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task BackAsync(NetworkStream source, PipeWriter destination)
    {
        await source.CopyToAsync(destination);
        await destination.CompleteAsync();
    }
}
