// A mirror that does not keep up: it holds back the source, or it is left behind.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class MirrorLagTests
{
    private const int Page = 4096;

    /// <summary>More than fits between a writer and a stalled mirror.</summary>
    private const int Total = 3_000_017;

    private static readonly TeeOptions s_small = new() { CapacityBytes = 4 * Page };

    public static TheoryData<TargetKind> Stallable { get; } =
        [TargetKind.OnePage, TargetKind.Pipe, TargetKind.Tcp, TargetKind.Unix, TargetKind.Stream];

    public static TheoryData<TargetKind, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<TargetKind, TransferMode, Call>(
            [TargetKind.OnePage, TargetKind.Tcp, TargetKind.Stream],
            Enum.GetValues<TransferMode>(),
            Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Stallable))]
    public async Task A_stalled_mirror_holds_back_the_source_and_nobody_spins(TargetKind kind)
    {
        List<Stalled> all = [];
        try
        {
            foreach (TransferMode mode in Enum.GetValues<TransferMode>())
            {
                foreach (Call call in Enum.GetValues<Call>())
                {
                    all.Add(new Stalled(kind, mode, call));
                }
            }

            await Task.WhenAll(all.Select(stalled => PipePeer.AtRest("the reader", () => stalled.Received)));
            await CpuMeter.AssertParked($"with a stalled {kind}");
            foreach (Stalled stalled in all)
            {
                Assert.False(stalled.Transfer.IsCompleted || stalled.Writer.IsCompleted);
            }

            for (int i = 0; i < all.Count; i++)
            {
                await (i % 2 == 0 ? all[i].Finish() : all[i].CancelAndFinish());
            }
        }
        finally
        {
            all.ForEach(stalled => stalled.Dispose());
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_canceled_transfer_ends_promptly_and_its_mirror_has_a_beginning(
        TargetKind kind, TransferMode mode, Call call)
    {
        using Stalled stalled = new(kind, mode, call);
        await PipePeer.AtRest("the reader", () => stalled.Received);
        await stalled.CancelAndFinish();
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_mirror_that_may_be_left_behind_does_not_stop_the_transfer(
        TargetKind kind, TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Target target = new(kind, bufferBytes: 32_768);
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 1 << 20);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferOptions options = new()
        {
            Mode = mode,
            Mirror = target.Endpoint,
            MirrorOptions = s_small with { OnLag = TeeLag.Detach },
        };

        TransferResult result = await rig.Start(call, options).Within("the transfer");

        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
        ResultAssert.Moved(result, Total, mode);
        TeeResult mirror = Assert.IsType<TeeResult>(result.Mirror);
        Assert.Equal(TeeEnd.Lagged, mirror.EndedBy);
        Assert.Null(mirror.Exception);
        Assert.InRange(mirror.BytesTeed + mirror.BytesCopied, 1, Total - 1);
        Assert.InRange(mirror.BytesMirrored, 0, mirror.BytesTeed + mirror.BytesCopied);
        target.Read();
        await target.AssertGot(mirror.BytesMirrored, cut: true);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [InlineData(TransferMode.RequireZeroCopy)]
    public async Task A_stalled_mirror_costs_no_memory(TransferMode mode)
    {
        const int GrowthMax = 4 << 20;
        using Stalled warm = new(TargetKind.Tcp, mode, Call.Async);
        await PipePeer.AtRest("the reader", () => warm.Received);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using Stalled stalled = new(TargetKind.Tcp, mode, Call.Async);
        using Stalled sync = new(TargetKind.Stream, mode, Call.Sync);
        await PipePeer.AtRest("the reader", () => stalled.Received);
        await PipePeer.AtRest("the reader", () => sync.Received);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, GrowthMax);
        await warm.CancelAndFinish();
        await stalled.CancelAndFinish();
        await sync.Finish();
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_stalled_mirror_is_idle(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Target target = new(TargetKind.OnePage);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferOptions options = new() { Mirror = target.Endpoint, IdleTimeout = TimeSpan.FromMilliseconds(200) };
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call, options).Within("the timeout"));
        Assert.Equal((Libc.ETimedOut, TransferEnd.IdleTimeout), (thrown.Error, thrown.Progress.EndedBy));
        TeeResult mirror = Assert.IsType<TeeResult>(thrown.Progress.Mirror);
        Assert.Equal(TeeEnd.SourceClosed, mirror.EndedBy);
        target.Read();
        await target.AssertGot(mirror.BytesMirrored, cut: true);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(thrown.Progress.BytesWritten, (await reader.Within("the reader")).Count);
        SocketPair.Reset(rig.Source);
        await writer.Within("the writer");
    }

    private sealed class Stalled : IDisposable
    {
        private readonly Rig _rig = new(Family.Unix, Family.Unix);
        private readonly CancellationTokenSource _cancel = new();
        private readonly Target _target;
        private readonly Target _main = new(TargetKind.Stream);
        private readonly TransferOptions _options;

        internal Stalled(TargetKind kind, TransferMode mode, Call call)
        {
            _target = new Target(kind, bufferBytes: 32_768);
            _options = new TransferOptions { Mode = mode, Mirror = _target.Endpoint, MirrorOptions = s_small };
            Writer = Peer.Write(_rig.Writer, Total);
            _main.Read();
            Reader = Deadline.OnThread(() => Collect(_rig.Reader));
            Transfer = _rig.Start(call, _options, _cancel.Token);
        }

        internal Task<TransferResult> Transfer { get; }

        internal Task<long> Writer { get; }

        internal long Received => _main.Count;

        private Task Reader { get; }

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
}
