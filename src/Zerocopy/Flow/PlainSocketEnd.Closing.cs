using System.Net.Sockets;
using SocketFlags = System.Net.Sockets.SocketFlags;

namespace Zerocopy;

/// <summary>How it is let go, and closed by a relay that owns it.</summary>
internal sealed partial class PlainSocketEnd
{
    private bool _isLingering;

    internal override void Close()
    {
        if (_lease.IsDuplicate && !_isLingering && !IsBusy)
        {
            _socket.Dispose(); // .NET's engine would know it for ever. The descriptor is not its own.
        }

        _lease.Close();
    }

    internal override void CloseOwned(bool reset)
    {
        if (!TryEnter())
        {
            Dispose(); // Closed already: its number may be another one's.
            return;
        }

        if (reset)
        {
            SocketBeneath.ResetAtClose(_socket);
            Exit();
            _socket.Close(0);
        }
        else
        {
            SocketBeneath.NeverWait(_socket);
            if (TryLinger() is { } stream)
            {
                _isLingering = true;
                _ = LingerAsync(stream);
                return;
            }

            DropUnread();
        }

        Dispose();
    }

    /// <summary>Its peer may still send, so that a close would reset it. On a unix socket it would lose nothing by
    /// that.</summary>
    /// <returns>The stream to read on, or null.</returns>
    private NetworkStream? TryLinger()
    {
        if (_hasEnded || IsBusy || _kind == EndpointKind.UnixSocket || !_socket.Connected)
        {
            return null;
        }

        _socket.Blocking = true; // Asked for by a NetworkStream, as is to be connected, which is over with the end.
        NetworkStream stream = _network ?? new NetworkStream(_socket);
        return SocketBeneath.TryFinish(_socket) ? stream : null;
    }

    private async Task LingerAsync(NetworkStream stream)
    {
        if (!IsView)
        {
            Exit(); // It has a reference of its own while it reads, and is disposed in the end.
        }

        await StreamLinger.RunAsync(stream, _socket).ConfigureAwait(false);
        Exit();
        Dispose();
    }

    private void Dispose()
    {
        _network?.Dispose();
        _socket.Dispose();
        _lease.Given.Dispose();
    }

    /// <summary>Bytes that nobody read would turn the close into a reset.</summary>
    private void DropUnread()
    {
        const int ReadsMax = 256; // A peer that sends faster than we read cannot keep us here.
        if (_view is null || !TryEnter())
        {
            return;
        }

        Span<byte> dropped = stackalloc byte[16 * 1024];
        for (int i = 0; i < ReadsMax && _view.Receive(dropped, SocketFlags.None, out _) > 0; i++)
        {
        }

        Exit();
    }
}
