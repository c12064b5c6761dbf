// A target that fails: the others go on without it and lose nothing, or nobody gets what it has not got.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class TargetFailureTests
{
    private const int Page = 4096;
    private const int Total = 1_000_003;

    private static readonly Way[] s_ways =
        [Way.Read, Way.ReadAsync, Way.WriteTo, Way.WriteToAsync, Way.CopyOnly, Way.RequireZeroCopy, Way.Mixed];

    public static TheoryData<TargetKind, Way> Rows { get; } = new MatrixTheoryData<TargetKind, Way>(
        [TargetKind.OnePage, TargetKind.Pipe, TargetKind.Tcp, TargetKind.Unix, TargetKind.Stream], s_ways);

    public static TheoryData<Way> Ways { get; } = new(s_ways);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-08", "IO-21")]
    public async Task A_failed_target_is_detached_and_nobody_loses_a_byte(TargetKind kind, Way way)
    {
        using Pipe pipe = Pipe.Create();
        using Target other = new(TargetKind.Pipe);
        using Failing failing = new(kind);
        Tee tee = pipe.Tee(failing.Endpoint, new TeeOptions { CapacityBytes = 4 * Page });
        Tee whole = pipe.Tee(other.Endpoint);
        other.Read();
        using MainFlow main = new(pipe, way);
        Task<long> running = main.Start();
        Task<long> writer = PipePeer.Write(pipe, Total);
        await failing.Fail(tee);

        Assert.Equal(Total, await running.Within("the main flow"));
        Assert.Equal(Total, await writer.Within("the writer"));
        TeeScenario.AssertWhole(await whole.Completion.Within("the other tee"), Total, isPipe: true);
        await other.AssertGot(Total);
        await AssertFailed(tee, failing);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-08", "IO-21", "B-17")]
    public async Task Nothing_leaves_that_a_target_which_must_not_fail_has_not_got(TargetKind kind, Way way)
    {
        using Pipe pipe = Pipe.Create();
        using Failing failing = new(kind);
        Tee tee = pipe.Tee(
            failing.Endpoint, new TeeOptions { CapacityBytes = 4 * Page, OnFailure = TeeFailure.Stop });
        using MainFlow main = new(pipe, way);
        Task<long> running = main.Start();
        Task<long> writer = PipePeer.Write(pipe, Total);
        await failing.Fail(tee);

        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => running.Within("the main flow"));

        long teed = tee.BytesMirrored;
        Assert.InRange(main.Count, 0, teed);
        if (thrown is TransferException transfer)
        {
            Assert.Equal(TransferSide.Mirror, transfer.Side);
            Assert.Equal(TransferEnd.MirrorFailed, transfer.Progress.EndedBy);
            Assert.Equal(transfer.Progress.BytesWritten, transfer.Progress.BytesConsumed);
        }
        else
        {
            Assert.True(way is Way.Read or Way.ReadAsync or Way.Mixed, $"{way} threw {thrown}");
        }

        // And it stays so.
        int available = pipe.Available;
        byte[] buffer = new byte[100];
        Assert.ThrowsAny<IOException>(() => pipe.Read(buffer));
        await Assert.ThrowsAnyAsync<IOException>(() => pipe.ReadAsync(buffer).Within("a read"));
        Assert.Equal(TransferSide.Mirror, (await Assert.ThrowsAsync<TransferException>(
            () => pipe.WriteToAsync(Stream.Null).Within("a transfer"))).Side);
        Assert.Equal(teed, tee.BytesMirrored);
        Assert.InRange(pipe.Available, available, int.MaxValue);
        await AssertFailed(tee, failing);
        pipe.CloseRead();
        await Assert.ThrowsAnyAsync<IOException>(() => writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Ways))]
    [Cases("B-17")]
    public async Task A_target_that_is_dead_from_the_start_stops_it_before_the_first_byte(Way way)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create();
        using Pipe second = Pipe.Create();
        pipe.Tee(second);
        Tee tee = pipe.Tee(target, new TeeOptions { OnFailure = TeeFailure.Stop });
        pipe.Write("hello"u8);
        pipe.CloseWrite();
        target.CloseRead();
        using MainFlow main = new(pipe, way);

        await Assert.ThrowsAnyAsync<IOException>(() => main.Start().Within("the main flow"));

        Assert.Equal((5, 0, 0), (pipe.Available, tee.BytesMirrored, main.Count));
        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal((TeeEnd.Failed, 0), (result.EndedBy, result.BytesMirrored));
        Assert.NotNull(result.Exception);
    }

    // The first of several sinks takes 50 of 100 bytes and fails.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TeeFailure.Stop)]
    [InlineData(TeeFailure.Detach)]
    [Cases("IO-24")]
    public async Task A_sink_that_fails_half_way_is_told_from_those_behind_it(TeeFailure onFailure)
    {
        using Pipe pipe = Pipe.Create();
        using CheckingStream half = new(Pattern.Default) { FailAfter = 50 };
        half.Open();
        using Pipe later = Pipe.Create();
        Tee first = pipe.Tee(half, new TeeOptions { OnFailure = onFailure });
        Tee second = pipe.Tee(later);
        pipe.Write(Pattern.Default.Slice(0, 50).Span);
        await PipePeer.ReadExactly(pipe, 50).Within("what it takes");
        await Deadline.Until("it has them", () => half.Count == 50);
        pipe.Write(Pattern.Default.Slice(50, 50).Span);
        await PipePeer.ReadExactly(pipe, 50, 50).Within("what it may still be given");

        TeeResult result = await first.Completion.Within("the tee");

        Assert.Equal((TeeEnd.Failed, 50), (result.EndedBy, result.BytesMirrored));
        Assert.True(result.Exception == half.Error || result.Exception?.InnerException == half.Error);
        await PipePeer.ReadExactly(later, 100).Within("the other target");
        pipe.Write(Pattern.Default.Slice(100, 50).Span);
        byte[] buffer = new byte[50];
        if (onFailure == TeeFailure.Stop)
        {
            await Assert.ThrowsAnyAsync<IOException>(() => pipe.ReadAsync(buffer).Within("the read"));
            Assert.Equal((100, 0, 50), (second.BytesMirrored, later.Available, pipe.Available));
        }
        else
        {
            Assert.Equal(50, await pipe.ReadAsync(buffer).Within("the read"));
            Assert.Equal((150, 50, 0), (second.BytesMirrored, later.Available, pipe.Available));
        }
    }

    private static async Task AssertFailed(Tee tee, Failing failing)
    {
        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal(TeeEnd.Failed, result.EndedBy);
        Assert.NotNull(result.Exception);
        Assert.InRange(result.BytesMirrored, 1, Total - 1);
        if (failing.Stream is { } stream)
        {
            Assert.True(result.Exception == stream.Error || result.Exception.InnerException == stream.Error);
            stream.AssertRight();
            Assert.Equal(stream.Count, result.BytesMirrored);
        }
    }

    /// <summary>A target that takes some bytes and then dies.</summary>
    private sealed class Failing : IDisposable
    {
        private const int Before = 100_000;

        private readonly Target? _target;

        internal Failing(TargetKind kind)
        {
            if (kind == TargetKind.Stream)
            {
                Stream = new CheckingStream(Pattern.Default) { FailAfter = Before };
                Stream.Open();
            }
            else
            {
                _target = new Target(kind, bufferBytes: 32_768);
            }
        }

        internal CheckingStream? Stream { get; }

        internal TransferEndpoint Endpoint => _target?.Endpoint ?? (TransferEndpoint)Stream;

        /// <summary>Takes some and dies.</summary>
        internal async Task Fail(Tee tee)
        {
            if (_target?.Pipe is { } pipe)
            {
                await PipePeer.ReadExactly(pipe, Before).Within("the target's reader");
                pipe.CloseRead();
            }
            else if (_target?.Peer is { } peer)
            {
                Pattern.Default.AssertEqual(await Peer.ReadExactly(peer, Before).Within("the target's reader"));
                SocketPair.Reset(peer);
            }

            await tee.Completion.Within("the tee that fails");
        }

        public void Dispose()
        {
            _target?.Dispose();
            Stream?.Dispose();
        }
    }
}
