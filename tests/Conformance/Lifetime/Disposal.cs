// The ways in which an endpoint can be disposed under a transfer.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Lifetime;

/// <summary>What is handed to the library, and by what it is disposed.</summary>
public enum Way
{
    /// <summary>A socket, by <see cref="Socket.Dispose()"/>.</summary>
    Socket,

    /// <summary>The same, with the sending half shut down before, so that it ends without a reset.</summary>
    SocketAfterShutdown,

    /// <summary>A network stream that owns its socket, by its own Dispose.</summary>
    OwningStream,

    /// <summary>A network stream that does not own its socket, by its own Dispose: the socket lives on.</summary>
    BorrowingStream,

    /// <summary>A network stream, by the dispose of its socket.</summary>
    StreamsSocket,

    /// <summary>A socket handle, by its own Dispose: nothing is disconnected.</summary>
    Handle,

    /// <summary>A socket, by the Dispose of its handle.</summary>
    SocketsHandle,

    /// <summary>A socket whose handle does not own the descriptor.</summary>
    Borrowed,

    /// <summary>A socket that child processes inherit, which .NET does not disconnect.</summary>
    Inherited,
}

/// <summary>An endpoint made of one socket of a pair.</summary>
internal sealed class Disposal : IDisposable
{
    private readonly IDisposable _disposed;
    private readonly Socket? _shutdownFirst;
    private readonly Socket? _also;

    private Disposal(
        TransferEndpoint endpoint,
        IDisposable disposed,
        bool closes = true,
        Socket? shutdownFirst = null,
        Socket? also = null)
    {
        Endpoint = endpoint;
        _disposed = disposed;
        _shutdownFirst = shutdownFirst;
        _also = also;
        Closes = closes;
    }

    public TransferEndpoint Endpoint { get; }

    /// <summary>True if its peer's connection ends with it.</summary>
    public bool Closes { get; }

    public static Disposal Of(Socket socket, Way way)
    {
        switch (way)
        {
            case Way.Socket:
                return new Disposal(socket, socket);
            case Way.SocketAfterShutdown:
                return new Disposal(socket, socket, shutdownFirst: socket);
            case Way.OwningStream:
                NetworkStream owning = new(socket, ownsSocket: true);
                return new Disposal(owning, owning);
            case Way.BorrowingStream:
                NetworkStream borrowing = new(socket, ownsSocket: false);
                return new Disposal(borrowing, borrowing, closes: false);
            case Way.StreamsSocket:
                return new Disposal(new NetworkStream(socket, ownsSocket: false), socket);
            case Way.Handle:
                return new Disposal(socket.SafeHandle, socket.SafeHandle);
            case Way.SocketsHandle:
                return new Disposal(socket, socket.SafeHandle);
            case Way.Borrowed:
                Assert.True(FdLease.TryAcquire(socket.SafeHandle, out FdLease lease));
                Socket borrowed = new(new SafeSocketHandle(lease.Raw, ownsHandle: false));
                lease.Release();
                return new Disposal(borrowed, borrowed, closes: false);
            default:
                // A duplicate is not close-on-exec. It is the only one once the original is closed. The lowest free
                // number is not for it: listeners that live for a moment get that.
                Socket lowest = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                Socket inherited = new(new SafeSocketHandle(Libc.Duplicate(socket.SafeHandle), ownsHandle: true));
                lowest.Dispose();
                socket.Dispose();
                return new Disposal(inherited, inherited, also: inherited);
        }
    }

    /// <summary>Disposes, on a thread of its own, and fails if that does not return promptly.</summary>
    public Task Now(int promptMs) => Deadline.OnThread(() =>
    {
        _shutdownFirst?.Shutdown(SocketShutdown.Send);
        _disposed.Dispose();
    }).Within("Dispose", promptMs);

    public void Dispose()
    {
        _disposed.Dispose();
        _also?.Dispose();
    }
}
