using System.Net.Sockets;
using SocketFlags = System.Net.Sockets.SocketFlags;

namespace Zerocopy;

/// <summary>How it is let go, and closed by a relay that owns it.</summary>
internal sealed partial class PlainSocketEnd
{
    private bool _isLingering;

    internal override void Close()
    {
        if (_life.IsDuplicate && !_isLingering && !IsBusy)
        {
            _socket.Dispose(); // .NET's engine would know it for ever. The descriptor is not its own.
        }

        _life.Close();
    }

    internal override void CloseOwned(bool reset)
    {
        if (!TryEnter())
        {
            Dispose(); // Closed already: its number may be another one's.
            return;
        }

        NetworkStream? lingering = null;
        try
        {
            lingering = BeginClose(reset);
        }
        finally
        {
            // By number alone it is safe only while the handle that has it is held; a socket that is disposed waits
            // until nobody holds its handle.
            if (lingering is null || !IsView)
            {
                Exit();
            }
        }

        if (lingering is null)
        {
            Dispose();
            return;
        }

        _isLingering = true;
        _ = LingerAsync(lingering);
    }

    /// <summary>Sees to it that the close does what it should, and at once.</summary>
    /// <returns>A stream to read on until the peer ends too: it may still send, so that a close would reset it. Null:
    /// there is nothing to wait for, and on a unix socket it would lose nothing by that.</returns>
    private NetworkStream? BeginClose(bool reset)
    {
        if (reset)
        {
            SocketBeneath.ResetAtClose(_socket);
            return null;
        }

        SocketBeneath.NeverWait(_socket);
        if (_hasEnded || IsBusy || _kind == EndpointKind.UnixSocket || !_socket.Connected)
        {
            DropUnread();
            return null;
        }

        _socket.Blocking = true; // Asked for by a NetworkStream, as is to be connected, which is over with the end.
        NetworkStream stream = _network ?? new NetworkStream(_socket);
        return SocketBeneath.TryFinish(_socket) ? stream : null;
    }

    private async Task LingerAsync(NetworkStream stream)
    {
        try
        {
            await StreamLinger.RunAsync(stream, _socket).ConfigureAwait(false);
        }
        finally
        {
            Exit();
            Dispose();
        }
    }

    // The socket first: a stream that owns it would shut it down both ways, where it is to be reset too.
    private void Dispose()
    {
        _socket.Dispose();
        _network?.Dispose();
        Given!.Dispose();
    }

    /// <summary>Bytes that nobody read would turn the close into a reset.</summary>
    private void DropUnread()
    {
        const int ReadsMax = 256; // A peer that sends faster than we read cannot keep us here.
        Span<byte> dropped = stackalloc byte[16 * 1024];
        for (int i = 0; i < ReadsMax && _view?.Receive(dropped, SocketFlags.None, out _) > 0; i++)
        {
        }
    }
}
