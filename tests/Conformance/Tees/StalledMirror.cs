// A transfer whose mirror takes nothing until it is told to.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

internal sealed class StalledMirror : IDisposable
{
    /// <summary>More than fits between a writer and a stalled mirror.</summary>
    internal const int Total = 3_000_017;

    private readonly Rig _rig = new(Family.Unix, Family.Unix);
    private readonly CancellationTokenSource _cancel = new();
    private readonly Target _target;
    private readonly Target _main = new(TargetKind.Stream);
    private readonly TransferOptions _options;

    /// <param name="kind">What the mirror is.</param>
    /// <param name="mode">How the bytes may be moved.</param>
    /// <param name="call">How the transfer is called.</param>
    internal StalledMirror(TargetKind kind, TransferMode mode, Call call)
    {
        _target = new Target(kind, bufferBytes: 32_768);
        _options = new TransferOptions { Mode = mode, Mirror = _target.Endpoint, MirrorOptions = Small };
        Writer = Peer.Write(_rig.Writer, Total);
        _main.Read();
        Reader = Deadline.OnThread(() => Collect(_rig.Reader));
        Transfer = _rig.Start(call, _options, _cancel.Token);
    }

    internal static TeeOptions Small { get; } = new() { CapacityBytes = 4 * 4096 };

    internal Task<TransferResult> Transfer { get; }

    internal Task<long> Writer { get; }

    internal long Received => _main.Count;

    private Task Reader { get; }

    /// <summary>Fails if memory of this process grows with stalled mirrors.</summary>
    internal static async Task AssertCostsNoMemory(TransferMode mode)
    {
        const int GrowthMax = 4 << 20;
        using StalledMirror warm = new(TargetKind.Tcp, mode, Call.Async);
        await warm.AtRest();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using StalledMirror pooled = new(TargetKind.Tcp, mode, Call.Async);
        using StalledMirror sync = new(TargetKind.Stream, mode, Call.Sync);
        await pooled.AtRest();
        await sync.AtRest();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, GrowthMax);
        await warm.CancelAndFinish();
        await pooled.CancelAndFinish();
        await sync.Finish();
    }

    /// <summary>Waits until the mirror stalls.</summary>
    internal Task AtRest() => PipePeer.AtRest("the reader", () => Received);

    /// <summary>The mirror is read after all, and nothing was lost.</summary>
    internal async Task Finish()
    {
        _target.Read();
        TransferResult result = await Transfer.Within("the transfer");
        _rig.Destination.Shutdown(SocketShutdown.Send);
        MirrorScenario.AssertWhole(result, Total, _options, _target);
        await Reader.Within("the reader");
        await _main.AssertGot(Total);
        await _target.AssertGot(Total);
        Assert.Equal(Total, await Writer.Within("the writer"));
    }

    /// <summary>The transfer is canceled: promptly, and the mirror has a beginning without a gap.</summary>
    internal async Task CancelAndFinish()
    {
        const int PromptMs = 1000; // A quarter of a second of it is the mirror's.
        Assert.False(Transfer.IsCompleted);
        await _cancel.CancelAsync();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => Transfer.Within("the cancel", PromptMs));
        _rig.Destination.Shutdown(SocketShutdown.Send);
        await Reader.Within("the reader");
        await _main.AssertGot(thrown.Progress.BytesWritten);
        TeeResult mirror = Assert.IsType<TeeResult>(thrown.Progress.Mirror);
        Assert.Equal(TeeEnd.SourceClosed, mirror.EndedBy);
        Assert.InRange(
            mirror.BytesTeed + mirror.BytesCopied, thrown.Progress.BytesWritten, thrown.Progress.BytesConsumed);
        _target.Read();
        await _target.AssertGot(mirror.BytesMirrored, cut: true);
        SocketPair.Reset(_rig.Source);
        await Peer.AssertWroteAtLeast(thrown.Progress.BytesConsumed, Writer);
    }

    public void Dispose()
    {
        _rig.Dispose();
        _target.Dispose();
        _main.Dispose();
        _cancel.Dispose();
    }

    private void Collect(Socket socket)
    {
        byte[] buffer = new byte[65_536];
        for (int count; (count = socket.Receive(buffer)) > 0;)
        {
            _main.Stream!.Write(buffer.AsSpan(0, count));
        }

        _main.Stream!.Flush();
    }
}
