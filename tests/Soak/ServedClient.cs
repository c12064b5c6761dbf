// A client of a server, and who is behind.
using System.Net.Sockets;
using Zerocopy.Server;

namespace Zerocopy.Soak;

/// <param name="Server">Whose.</param>
/// <param name="Number">What it begins with.</param>
/// <param name="Address">Its own, as the server sees it.</param>
/// <param name="Socket">The client's.</param>
/// <param name="Error">What it was told when it said its number: it may be reset by then.</param>
/// <param name="Peer">The upstream's, once it has heard the number; it has been read, the rest follows.</param>
/// <param name="Record">What the server tells of it.</param>
internal sealed record ServedClient(
    SoakServer Server,
    long Number,
    string Address,
    Socket Socket,
    SocketError Error,
    Task<Socket> Peer,
    Task<RelayConnection> Record) : IDisposable
{
    internal bool IsTcp => Socket.AddressFamily != AddressFamily.Unix;

    public void Dispose()
    {
        Socket.Dispose();
        if (Peer.IsCompletedSuccessfully)
        {
            Peer.Result.Dispose();
        }

        Server.Forget(this);
    }
}
