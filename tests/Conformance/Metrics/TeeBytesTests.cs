// zerocopy.tee.bytes: what the results of tees say, and the bytes of those transfers that empty them.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Tees;
using PipePeer = Zerocopy.Conformance.Pipes.PipePeer;

namespace Zerocopy.Conformance.Metrics;

public sealed class TeeBytesTests
{
    private const int Total = 3_000_017;

    public static TheoryData<TargetKind, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<TargetKind, TransferMode, Call>(
            [TargetKind.Pipe, TargetKind.File, TargetKind.Tcp, TargetKind.Stream],
            Matrix.Modes,
            Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Of_a_mirror(TargetKind kind, TransferMode mode, Call call)
    {
        using MeterProbe probe = new();

        TransferResult result = await MirrorScenario.Copy(
            Family.Tcp, Family.Unix, call, new TransferOptions { Mode = mode }, kind, Total);

        TeeResult mirror = result.Mirror!;
        Assert.Equal((mirror.BytesTeed, mirror.BytesCopied), (probe.Teed, probe.TeeCopied));
        Assert.Equal(Total, probe.Teed + probe.TeeCopied);
        probe.AssertMoved(mirror.Delivery is { } delivery ? [result, delivery] : [result]);
        probe.AssertIdle();
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    public async Task Of_both_mirrors_of_a_relay_in_small_messages(TransferMode mode)
    {
        using MeterProbe probe = new();

        await MirrorScenario.PingPong(mode, TargetKind.Pipe, TargetKind.File, rounds: 50);

        Assert.Equal(0, probe.Teed); // A small message is written to the branch from its block.
        Assert.True(probe.TeeCopied > 0);
        probe.AssertIdle();
    }

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task Of_a_pipe_that_is_read_by_hand()
    {
        using MeterProbe probe = new();
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create();
        Tee tee = pipe.Tee(target);
        Task<long> targetReader = PipePeer.Read(target);
        Task<long> writer = PipePeer.Write(pipe, Total);

        Assert.Equal(Total, await PipePeer.Read(pipe).Within("the reader"));

        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal(Total, await targetReader.Within("the target's reader"));
        Assert.Equal(Total, await writer.Within("the writer"));
        Assert.Equal((Total, 0), (result.BytesTeed, result.BytesCopied));
        Assert.Equal((Total, 0), (probe.Teed, probe.TeeCopied));
        Assert.Equal(0, probe.Written); // Reads and writes are no transfers.
        probe.AssertIdle();
    }

    // The recorder: everything that reaches the meter is in one of three results.
    [Fact(Timeout = Deadline.Ms)]
    public async Task Of_a_pipe_that_is_copied_to_a_socket_and_teed_to_another()
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using SocketPair second = SocketPair.Unix();
        using Pipe pipe = Pipe.Create();
        Tee tee = pipe.Tee(second.Near);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader, max: Total);
        Task<Received> secondReader = Peer.Read(second.Far, max: Total);

        Task<TransferResult> fill = pipe.ReadFromAsync(rig.Source).AsTask();
        TransferResult drained = await pipe.WriteToAsync(rig.Destination).Within("the drain");
        TransferResult filled = await fill.Within("the fill");
        TeeResult result = await tee.Completion.Within("the tee");

        Assert.Equal(Total, result.BytesMirrored);
        Assert.Equal((result.BytesTeed, result.BytesCopied), (probe.Teed, probe.TeeCopied));
        probe.AssertMoved(filled, drained, result.Delivery!.Value);
        probe.AssertIdle();
        await writer.Within("the writer");
        Received all = new(Total, SocketError.Success);
        Assert.Equal((all, all), (await reader.Within("the reader"), await secondReader.Within("the second reader")));
    }
}
