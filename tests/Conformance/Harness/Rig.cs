// The usual set-up of a transfer: a writer, the two sockets in between, a reader.
using System.Net.Sockets;

namespace Zerocopy.Conformance.Harness;

/// <summary>How a transfer is called.</summary>
public enum Call
{
    Sync,
    Async,
}

/// <summary>writer -> source, which the transfer reads; destination, which it writes -> reader.</summary>
public sealed class Rig : IDisposable
{
    private readonly SocketPair _in;
    private readonly SocketPair _out;

    /// <param name="source">The family of the pair that the transfer reads.</param>
    /// <param name="destination">The family of the pair that it writes.</param>
    /// <param name="origin">How the transfer's two sockets came to be.</param>
    /// <param name="bufferBytes">Small kernel buffers between destination and reader; null for the usual ones.</param>
    public Rig(Family source, Family destination, Origin origin = Origin.Sync, int? bufferBytes = null)
    {
        _in = SocketPair.Connect(source, origin);
        _out = SocketPair.Connect(destination, origin, bufferBytes);
    }

    public Socket Writer => _in.Far;

    public Socket Source => _in.Near;

    public Socket Destination => _out.Near;

    public Socket Reader => _out.Far;

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
    }

    /// <summary>Starts the transfer from source to destination.</summary>
    public Task<TransferResult> Start(Call call, TransferOptions? options = null, CancellationToken token = default)
        => Start(call, Source, Destination, options, token);

    /// <summary>Starts a transfer, the sync one on a thread of its own.</summary>
    public static Task<TransferResult> Start(
        Call call,
        TransferEndpoint source,
        TransferEndpoint destination,
        TransferOptions? options = null,
        CancellationToken token = default)
    {
        options ??= new TransferOptions();
        return call == Call.Async
            ? Transfer.CopyAsync(source, destination, options, token).AsTask()
            : Deadline.OnThread(() => Transfer.Copy(source, destination, options, token));
    }
}
