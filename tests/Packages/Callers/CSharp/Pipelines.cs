// The ends of System.IO.Pipelines: a source or a destination each, or both by name.
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Zerocopy.Callers;

internal static class Pipelines
{
    internal static async Task<long> TransferAsync(PipeReader source, PipeWriter destination, CancellationToken token)
    {
        TransferOptions options = new();
        TransferResult[] results =
        [
            await Transfer.CopyAsync(source, destination, new() { LimitBytes = 5 }),
            await Transfer.CopyAsync(source, destination),
            await Transfer.CopyAsync(source, destination, options),
            await Transfer.CopyAsync(source, destination, cancellationToken: token),
            await Transfer.CopyAsync(source, destination, options, token),
            await Transfer.CopyAsync(source, destination, null, token),
            Transfer.Copy(source, destination, new() { LimitBytes = 5 }),
        ];
        return results.Sum(static result => result.BytesWritten);
    }

    internal static async Task<RelayResult[]> RelayAsync(IDuplexPipe left, Socket right, CancellationToken token) =>
    [
        await Relay.RunAsync(TransferEndpoint.FromDuplexPipe(left), right),
        await Relay.RunAsync(TransferEndpoint.FromDuplexPipe(left), right, new() { HalfClose = false }, token),
    ];
}
