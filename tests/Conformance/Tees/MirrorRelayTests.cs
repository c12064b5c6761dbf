// Relays with mirrors, in one direction and in both.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class MirrorRelayTests
{
    public static TheoryData<TargetKind, TransferMode> Rows { get; } = new MatrixTheoryData<TargetKind, TransferMode>(
        Enum.GetValues<TargetKind>(), Matrix.Modes);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Large_streams_with_a_mirror_of_each_direction_and_of_both(TargetKind kind, TransferMode mode)
    {
        await MirrorScenario.Relayed(mode, kind, null);
        await MirrorScenario.Relayed(mode, null, kind);
        await MirrorScenario.Relayed(mode, kind, TargetKind.File);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public Task Questions_and_answers(TargetKind kind, TransferMode mode)
        => MirrorScenario.PingPong(mode, kind, TargetKind.Pipe, rounds: 40);

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [InlineData(TransferMode.RequireZeroCopy)]
    public async Task Prefix_limit_and_rate_hold_for_the_mirrors_too(TransferMode mode)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Target forward = new(TargetKind.OnePage);
        using Target backward = new(TargetKind.File, pattern: Pattern.Other);
        forward.Read();
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions
            {
                Mode = mode,
                Prefix = Pattern.Default.Bytes(0, 1000),
                LimitBytes = 70_001,
                Mirror = forward.Endpoint,
            },
            RightToLeft = new FlowOptions { Mode = mode, BytesPerSecond = 200_000, Mirror = backward.Endpoint },
        };
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options).AsTask();
        Task<long> leftWriter = Peer.Write(rig.Writer, 100_000, start: 1000);
        Task<long> rightWriter = Peer.Write(rig.Reader, 40_000, pattern: Pattern.Other);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<Received> rightReader = Peer.Read(rig.Reader);
        await Peer.AssertAll(40_000, rightWriter, leftReader);
        await Peer.AssertAll(71_001, Task.FromResult(71_001L), rightReader);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal(100_000, await leftWriter.Within("the left writer"));
        Assert.Equal(
            (TransferEnd.LimitReached, TransferEnd.EndOfStream),
            (result.LeftToRight.EndedBy, result.RightToLeft.EndedBy));
        MirrorScenario.AssertWhole(result.LeftToRight, 71_001, options.LeftToRight, forward);
        MirrorScenario.AssertWhole(result.RightToLeft, 40_000, options.RightToLeft, backward);
        await forward.AssertGot(71_001);
        await backward.AssertGot(40_000);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    public async Task Fifty_at_once(TransferMode mode)
    {
        TargetKind[] kinds = Enum.GetValues<TargetKind>();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => MirrorScenario.PingPong(
            mode, kinds[i % kinds.Length], kinds[i / kinds.Length % kinds.Length], rounds: 24))).Within("all of them");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.Pipe)]
    [InlineData(TargetKind.Tcp)]
    [InlineData(TargetKind.Stream)]
    public async Task A_mirror_that_must_not_fail_ends_the_relay(TargetKind kind)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Target target = new(kind);
        FlowOptions mirrored = new()
        {
            Mirror = target.Endpoint,
            MirrorOptions = new TeeOptions { OnFailure = TeeFailure.Stop },
        };
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { LeftToRight = mirrored, CloseEndpoints = true }).AsTask();
        rig.Writer.Send(Pattern.Default.Slice(0, 1000).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 1000).Within("before it fails"));
        Break(target);

        // What is sent until the failure is noticed may still be on its way to a mirror that is not a pipe.
        Task<long> writer = Peer.Write(rig.Writer, 10_000_000, start: 1000, finish: false);
        Task<Received> reader = Peer.Read(rig.Reader, start: 1000);
        RelayResult result = await relay.Within("the relay");

        Assert.Equal(RelayEnd.MirrorFailed, result.EndedBy);
        Assert.Equal(TransferEnd.MirrorFailed, result.LeftToRight.EndedBy);
        TeeResult mirror = Assert.IsType<TeeResult>(result.LeftToRight.Mirror);
        Assert.Equal(TeeEnd.Failed, mirror.EndedBy);
        Assert.NotNull(mirror.Exception);
        Assert.InRange(result.LeftToRight.BytesWritten, 1000, mirror.BytesTeed + mirror.BytesCopied);
        Received received = await reader.Within("the reader");
        Assert.InRange(received.Count, 0, result.LeftToRight.BytesWritten - 1000);
        Assert.NotEqual(SocketError.Success, received.Error); // Not a clean end of a truncated stream.
        await writer.Within("the writer");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.Pipe)]
    [InlineData(TargetKind.Tcp)]
    [InlineData(TargetKind.Stream)]
    public async Task A_mirror_that_may_fail_is_left_behind(TargetKind kind)
    {
        const int Total = 3_000_000;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Target target = new(kind);
        FlowOptions mirrored = new() { Mirror = target.Endpoint };
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { LeftToRight = mirrored, CloseEndpoints = true }).AsTask();
        rig.Writer.Send(Pattern.Default.Slice(0, 1000).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 1000).Within("before it fails"));
        Break(target);
        Task<long> writer = Peer.Write(rig.Writer, Total, start: 1000);
        Task<Received> reader = Peer.Read(rig.Reader, start: 1000);
        await Peer.AssertAll(Total, writer, reader);
        rig.Reader.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, Total + 1000), (result.EndedBy, result.LeftToRight.BytesWritten));
        TeeResult mirror = Assert.IsType<TeeResult>(result.LeftToRight.Mirror);
        Assert.Equal(TeeEnd.Failed, mirror.EndedBy);
        Assert.NotNull(mirror.Exception);
        Assert.InRange(mirror.BytesMirrored, 0, Total - 1);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task An_aborted_relay_lets_go_of_a_stalled_mirror()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Target target = new(TargetKind.Tcp, bufferBytes: 32_768);
        FlowOptions mirrored = new() { Mirror = target.Endpoint };
        Relay relay = Relay.Start(rig.Source, rig.Destination, new RelayOptions { LeftToRight = mirrored });
        Task<long> writer = Peer.Write(rig.Writer, 50_000_000);
        Task<Received> reader = Peer.Read(rig.Reader);
        await PipePeer.AtRest("the relay", () => relay.Progress.LeftToRight.BytesWritten);
        await relay.DisposeAsync().AsTask().Within("the abort", 1500);
        RelayResult result = await relay.Completion;
        Assert.Equal(RelayEnd.Aborted, result.EndedBy);
        TeeResult mirror = Assert.IsType<TeeResult>(result.LeftToRight.Mirror);
        Assert.Equal(TeeEnd.SourceClosed, mirror.EndedBy);
        target.Read();
        await target.AssertGot(mirror.BytesMirrored, cut: true);
        SocketPair.Reset(rig.Source);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertWroteAtLeast(result.LeftToRight.BytesConsumed, writer);
        Assert.Equal(
            new Received(result.LeftToRight.BytesWritten, SocketError.Success), await reader.Within("the reader"));
    }

    // Both directions end, and with them their mirrors, whichever of them it was.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(RelayEnd.LeftFailed)]
    [InlineData(RelayEnd.RightFailed)]
    [InlineData(RelayEnd.IdleTimeout)]
    [InlineData(RelayEnd.LingerTimeout)]
    [InlineData(RelayEnd.EndOfStream)]
    [InlineData(RelayEnd.Aborted)]
    public async Task The_mirrors_of_both_directions_end_with_the_relay(RelayEnd endedBy)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Target forward = new(TargetKind.Pipe);
        using Target backward = new(TargetKind.Pipe, pattern: Pattern.Other);
        RelayOptions options = new()
        {
            LeftToRight = new FlowOptions { Mirror = forward.Endpoint },
            RightToLeft = new FlowOptions { Mirror = backward.Endpoint },
            IdleTimeout = endedBy == RelayEnd.IdleTimeout ? TimeSpan.FromMilliseconds(100) : Timeout.InfiniteTimeSpan,
            LingerAfterHalfClose = TimeSpan.FromMilliseconds(100),
            HalfClose = endedBy != RelayEnd.EndOfStream,
        };
        Relay relay = Relay.Start(rig.Source, rig.Destination, options);
        forward.Read();
        backward.Read();
        rig.Writer.Send(Pattern.Default.Slice(0, 100).Span);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 100).Within("the right peer"));
        rig.Reader.Send(Pattern.Other.Slice(0, 50).Span);
        Pattern.Other.AssertEqual(await Peer.ReadExactly(rig.Writer, 50).Within("the left peer"));
        switch (endedBy)
        {
            case RelayEnd.LeftFailed:
                SocketPair.Reset(rig.Writer);
                break;
            case RelayEnd.RightFailed:
                SocketPair.Reset(rig.Reader);
                break;
            case RelayEnd.LingerTimeout or RelayEnd.EndOfStream:
                rig.Writer.Shutdown(SocketShutdown.Send);
                break;
            case RelayEnd.Aborted:
                await relay.DisposeAsync().AsTask().Within("the abort", 1500);
                break;
            default:
                break;
        }

        RelayResult result = await relay.Completion.Within("the relay");

        Assert.Equal(endedBy, result.EndedBy);
        bool isWhole = endedBy is RelayEnd.LingerTimeout or RelayEnd.EndOfStream;
        Assert.Equal(
            (isWhole ? TeeEnd.EndOfStream : TeeEnd.SourceClosed, 100L),
            (result.LeftToRight.Mirror?.EndedBy, result.LeftToRight.Mirror?.BytesMirrored));
        Assert.Equal(
            (TeeEnd.SourceClosed, 50L),
            (result.RightToLeft.Mirror?.EndedBy, result.RightToLeft.Mirror?.BytesMirrored));
        await forward.AssertGot(100, cut: !isWhole);
        await backward.AssertGot(50, cut: true);
    }

    private static void Break(Target target)
    {
        if (target.Pipe is not null)
        {
            target.Pipe.CloseRead();
        }
        else if (target.Peer is not null)
        {
            SocketPair.Reset(target.Peer);
        }
        else
        {
            target.Stream!.Break();
        }
    }
}
