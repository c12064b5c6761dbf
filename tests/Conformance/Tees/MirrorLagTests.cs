// A mirror that does not keep up: it holds back the source, or it is left behind.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class MirrorLagTests
{
    private const int Total = StalledMirror.Total;

    public static TheoryData<TargetKind> Stallable { get; } =
        [
            TargetKind.OnePage, TargetKind.Pipe, TargetKind.Tcp, TargetKind.Unix, TargetKind.Stream,
            new TheoryDataRow<TargetKind>(TargetKind.ForeignPipe).KernelOnly(Why.BlockingHandle),
        ];

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Stallable))]
    public async Task A_stalled_mirror_holds_back_the_source_costs_no_time_and_can_be_canceled(TargetKind kind)
    {
        List<StalledMirror> all = [];
        try
        {
            foreach (TransferMode mode in Matrix.Modes)
            {
                foreach (Call call in Enum.GetValues<Call>())
                {
                    all.Add(new StalledMirror(kind, mode, call));
                    all.Add(new StalledMirror(kind, mode, call));
                }
            }

            await Task.WhenAll(all.Select(stalled => stalled.AtRest()));
            await CpuMeter.AssertParked($"with a stalled {kind}");
            foreach (StalledMirror stalled in all)
            {
                Assert.False(stalled.Transfer.IsCompleted || stalled.Writer.IsCompleted);
            }

            // Of each two one is read after all, and one canceled.
            await Task.WhenAll(all.Select((stalled, i) => i % 2 == 0 ? stalled.Finish() : stalled.CancelAndFinish()));
        }
        finally
        {
            all.ForEach(stalled => stalled.Dispose());
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Stallable))]
    public Task A_mirror_that_may_be_left_behind_does_not_stop_the_transfer(TargetKind kind)
        => AllAtOnce.Run(async (mode, call) =>
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Target target = new(kind, bufferBytes: 32_768);
        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 1 << 20);
        Task<Received> reader = Peer.Read(rig.Reader);
        TransferOptions options = new()
        {
            Mode = mode,
            Mirror = target.Endpoint,
            MirrorOptions = StalledMirror.Small with { OnLag = TeeLag.Detach },
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
    });

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [InlineData(TransferMode.RequireZeroCopy)]
    public Task A_stalled_mirror_costs_no_memory(TransferMode mode) => StalledMirror.AssertCostsNoMemory(mode);

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
}
