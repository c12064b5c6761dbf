// A client's connection that sends the beginning of its first write, waits, and then sends the rest.
using System.Net.Sockets;

namespace Zerocopy.Conformance.Docs;

internal sealed class SplitStream(Socket socket, int firstBytes, Func<Task> between)
    : NetworkStream(socket, ownsSocket: false)
{
    private bool _isSplit;

    /// <summary>Bytes of the first write.</summary>
    internal int FirstWrite { get; private set; }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isSplit)
        {
            _isSplit = true;
            FirstWrite = buffer.Length;
            await base.WriteAsync(buffer[..firstBytes], cancellationToken);
            await between();
            buffer = buffer[firstBytes..];
        }

        await base.WriteAsync(buffer, cancellationToken);
    }
}
