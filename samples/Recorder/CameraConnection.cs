using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Zerocopy.Samples.Recorder;

/// <summary>One camera: what it sends is recorded, whoever watches, and nobody.</summary>
internal sealed class CameraConnection(Socket camera, int number, SafeFileHandle nowhere, RecorderOptions options)
{
    private readonly DateTimeOffset _acceptedAt = DateTimeOffset.UtcNow;
    private readonly string _name = LogText.Peer(camera);

    /// <summary>Serves it to its end.</summary>
    /// <param name="target">Where the viewer is.</param>
    /// <param name="recording">Owned. Null: there is none.</param>
    /// <param name="totals">What is counted.</param>
    /// <param name="abort">Cuts it off; what has come is recorded.</param>
    internal async Task ServeAsync(EndPoint target, Recording? recording, Totals totals, CancellationToken abort)
    {
        using (recording)
        using (Viewer viewer = new(camera, nowhere, options.Mode, abort))
        {
            Task<Shown> watching = viewer.WatchAsync(
                target, why => Console.Error.WriteLine($"connection {number} has no viewer: {why}"));
            TransferResult came = await ReceiveAsync(viewer, recording, abort).ConfigureAwait(false);
            viewer.End(came.EndedBy == TransferEnd.EndOfStream);
            Recorded recorded = recording is null
                ? default : await recording.FinishAsync(came.Mirror).ConfigureAwait(false);
            Shown shown = await watching.ConfigureAwait(false);
            totals.Add(came, shown, recorded);
            Console.WriteLine($"{Begin(target)}{came.BytesConsumed} bytes came, ended by {came.EndedBy}; {shown}; "
                + $"{recorded}");
        }
    }

    private async Task<TransferResult> ReceiveAsync(Viewer viewer, Recording? recording, CancellationToken abort)
    {
        TransferOptions transfer = new()
        {
            Mode = options.Mode,
            Mirror = recording?.Mirror,
            MirrorOptions = new TeeOptions { OnLag = options.OnLag },
        };
        try
        {
            return await Transfer.CopyAsync(camera, viewer.Live, transfer, abort).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ITransferFailure failure)
        {
            return failure.Progress;
        }
    }

    private string Begin(EndPoint target)
    {
        TimeSpan lasted = DateTimeOffset.UtcNow - _acceptedAt;
        return options.Log ? $"{LogText.Begin(_acceptedAt, number)}{_name} to {LogText.Peer(target)}, closed at "
            + $"{LogText.Seconds(lasted)}; " : $"connection {number}: ";
    }
}
