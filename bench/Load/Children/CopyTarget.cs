using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Where a relay writes a copy of what it relays: nowhere, <c>file:PATH</c>, or an address. Set between
/// connections.</summary>
internal sealed class CopyTarget
{
    private const string FilePrefix = "file:";

    private volatile string? _name;
    private volatile int _sendBufferBytes;

    /// <param name="name">A file, or an address.</param>
    /// <param name="sendBufferBytes">Of a socket; 0: as the kernel likes. A small one lets a reader that stalls be felt
    /// at once, not after the megabytes that the kernel would hold.</param>
    internal void Set(string name, int sendBufferBytes) => (_name, _sendBufferBytes) = (name, sendBufferBytes);

    /// <summary>A new file, or a new connection; null: nowhere.</summary>
    internal async Task<Stream?> OpenAsync()
    {
        if (_name is not { } name)
        {
            return null;
        }

        if (name.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            return NewFile(name[FilePrefix.Length..]);
        }

        IPEndPoint address = IPEndPoint.Parse(name);
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (_sendBufferBytes > 0)
        {
            socket.SendBufferSize = _sendBufferBytes;
        }

        await socket.ConnectAsync(address);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Without a buffer of its own, as everybody here brings one or needs none.</summary>
    internal static FileStream NewFile(string path)
        => new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
}
