// This process disposes an end, or the mirror, in the middle.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class MirrorDisposeTests
{
    private const int Promptly = 2000;

    public static TheoryData<TransferSide, TargetKind> SidesKinds { get; } =
        new MatrixTheoryData<TransferSide, TargetKind>(
            [TransferSide.Source, TransferSide.Destination],
            [TargetKind.Pipe, TargetKind.File, TargetKind.Tcp, TargetKind.Stream]);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(SidesKinds))]
    public Task An_end_that_is_disposed_ends_the_mirror_too(TransferSide side, TargetKind kind)
        => AllAtOnce.Run(async (mode, call) =>
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            using Target target = new(kind);
            target.Read();
            Task<TransferResult> transfer = rig.Start(
                call, new TransferOptions { Mode = mode, Mirror = target.Endpoint });
            rig.Writer.Send(Pattern.Default.Slice(0, 1000).Span);
            Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 1000).Within("the first bytes"));

            (side == TransferSide.Source ? rig.Source : rig.Destination).Dispose();

            TransferDisposedException thrown = await Assert.ThrowsAsync<TransferDisposedException>(
                () => transfer.Within("the dispose", Promptly));
            Assert.Equal(side, thrown.Side);
            TeeResult mirror = Assert.IsType<TeeResult>(thrown.Progress.Mirror);
            Assert.Equal((TeeEnd.SourceClosed, 1000), (mirror.EndedBy, mirror.BytesMirrored));
            await target.AssertGot(1000, cut: true);
        });

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.OnePage, TeeFailure.Detach)]
    [InlineData(TargetKind.OnePage, TeeFailure.Stop)]
    [InlineData(TargetKind.Tcp, TeeFailure.Detach)]
    [InlineData(TargetKind.Tcp, TeeFailure.Stop)]
    public Task A_mirror_that_is_disposed_while_it_stalls_has_failed(TargetKind kind, TeeFailure onFailure)
        => AllAtOnce.Run(async (mode, call) =>
        {
            const int Total = 3_000_017;
            using Rig rig = new(Family.Unix, Family.Unix);
            using Target target = new(kind, bufferBytes: 32_768);
            TransferOptions options = new()
            {
                Mode = mode,
                Mirror = target.Endpoint,
                MirrorOptions = new TeeOptions { OnFailure = onFailure, CapacityBytes = 16_384 },
            };
            Task<TransferResult> transfer = rig.Start(call, options);
            Task<long> writer = Peer.Write(rig.Writer, Total);
            Task<Received> reader = Peer.Read(rig.Reader);
            await Task.Delay(50);
            Assert.False(transfer.IsCompleted);

            target.Close();

            if (onFailure == TeeFailure.Detach)
            {
                TransferResult result = await transfer.Within("the transfer");
                rig.Destination.Shutdown(SocketShutdown.Send);
                await Peer.AssertAll(Total, writer, reader);
                AssertFailed(result.Mirror);
                return;
            }

            TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                () => transfer.Within("the transfer", Promptly));
            Assert.Equal((TransferSide.Mirror, TransferEnd.MirrorFailed), (thrown.Side, thrown.Progress.EndedBy));
            AssertFailed(thrown.Progress.Mirror);
            rig.Destination.Shutdown(SocketShutdown.Send);
            Assert.Equal(
                new Received(thrown.Progress.BytesWritten, SocketError.Success), await reader.Within("the reader"));
            SocketPair.Reset(rig.Source);
            await writer.Within("the writer");
        });

    private static void AssertFailed(TeeResult? mirror)
    {
        Assert.NotNull(mirror);
        Assert.Equal(TeeEnd.Failed, mirror.EndedBy);
        Assert.NotNull(mirror.Exception);
    }
}
