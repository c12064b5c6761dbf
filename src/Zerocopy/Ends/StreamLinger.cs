using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Zerocopy;

/// <summary>The same as <see cref="LingeringClose"/> for a stream that has told its peer the end, without a descriptor
/// of ours: it is read on until the peer ends too, and disposed then. No thread waits.</summary>
internal static class StreamLinger
{
    /// <param name="stream">A stream that no call is going on in.</param>
    /// <param name="socket">What it stands for, if that is known.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a read throws, there is nothing more to wait for.")]
    internal static async Task RunAsync(Stream stream, Socket? socket)
    {
        using CancellationTokenSource over = new(Lingering.TimeoutMs);
        bool mustReset = false;
        LinkedListNode<Action> place = new(() =>
        {
            mustReset = true;
            over.Cancel();
        });
        Lingering.Add(place);
        try
        {
            byte[] dropped = new byte[4096];
            while (await stream.ReadAsync(dropped, over.Token).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception)
        {
            // Its time is up, or its peer is gone.
        }

        try
        {
            if (mustReset)
            {
                socket?.Close(0);
            }

            await stream.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            socket?.Dispose();
            Lingering.Remove(place);
        }
    }
}
