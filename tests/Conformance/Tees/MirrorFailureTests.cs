// What fails beside or in a mirror, and what everybody has then.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class MirrorFailureTests
{
    private const int Total = 5_000_011;

    private static readonly TransferMode[] s_modes = Matrix.Modes;
    private static readonly Call[] s_calls = Enum.GetValues<Call>();

    public static TheoryData<TargetKind, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<TargetKind, TransferMode, Call>(
            [TargetKind.Pipe, TargetKind.Tcp, TargetKind.Unix, TargetKind.Stream], s_modes, s_calls);

    public static TheoryData<TransferMode, Call> ModesCalls { get; } =
        new MatrixTheoryData<TransferMode, Call>(s_modes, s_calls);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_failed_mirror_is_left_behind(TargetKind kind, TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Dying mirror = new(kind);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode, Mirror = mirror.Endpoint });
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await transfer.Within("the transfer");

        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
        ResultAssert.Moved(result, Total, mode);
        await mirror.AssertFailed(result.Mirror);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_mirror_that_must_not_fail_stops_the_transfer(TargetKind kind, TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Unix, Family.Tcp);
        using Dying mirror = new(kind);
        TransferOptions options = new()
        {
            Mode = mode,
            Mirror = mirror.Endpoint,
            MirrorOptions = new TeeOptions { OnFailure = TeeFailure.Stop },
            KeepUndelivered = true,
        };
        Task<TransferResult> transfer = rig.Start(call, options);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferException thrown =
            await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));

        TransferResult progress = thrown.Progress;
        Assert.Equal((TransferSide.Mirror, TransferEnd.MirrorFailed), (thrown.Side, progress.EndedBy));
        await mirror.AssertFailed(progress.Mirror);
        Assert.InRange(progress.BytesWritten, 0, progress.Mirror!.BytesTeed + progress.Mirror.BytesCopied);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(progress.BytesWritten, SocketError.Success), await reader.Within("the reader"));

        // With what it gives back nothing is lost.
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);
        Task<Received> rest = Peer.Read(rig.Source, start: progress.BytesConsumed);
        Assert.Equal(
            new Received(Total - progress.BytesConsumed, SocketError.Success), await rest.Within("the rest"));
        Assert.Equal(Total, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    public async Task A_mirror_that_is_dead_from_the_start_lets_nothing_pass(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Pipe mirror = Pipe.Create();
        mirror.CloseRead();
        rig.Writer.Send("hello"u8);
        TransferOptions options = new()
        {
            Mode = mode,
            Mirror = mirror,
            MirrorOptions = new TeeOptions { OnFailure = TeeFailure.Stop },
            KeepUndelivered = true,
        };
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => rig.Start(call, options).Within("the transfer"));
        Assert.Equal((TransferSide.Mirror, 0), (thrown.Side, thrown.Progress.BytesWritten));
        byte[] left = new byte[rig.Source.Available];
        Assert.Equal(left.Length, left.Length == 0 ? 0 : rig.Source.Receive(left));
        Assert.Equal("hello"u8.ToArray(), (byte[])[.. thrown.Undelivered.Span, .. left]);
        Assert.False(rig.Reader.Poll(0, SelectMode.SelectRead), "something was written");
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.Pipe)]
    [InlineData(TargetKind.File)]
    [InlineData(TargetKind.Tcp)]
    [InlineData(TargetKind.Stream)]
    public async Task After_a_reset_of_the_source_the_mirror_has_what_was_consumed(TargetKind kind)
    {
        const int Sent = 300_007;
        foreach (TransferMode mode in s_modes)
        {
            foreach (Call call in s_calls)
            {
                using Rig rig = new(Family.Tcp, Family.Tcp);
                using Target target = new(kind);
                target.Read();
                TransferOptions options = new() { Mode = mode, Mirror = target.Endpoint };
                Task<TransferResult> transfer = rig.Start(call, options);
                Task<long> writer = Peer.Write(rig.Writer, Sent, finish: false);
                Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, Sent).Within("the reader"));
                await writer.Within("the writer");
                SocketPair.Reset(rig.Writer);
                TransferException thrown = await Assert.ThrowsAsync<TransferException>(
                    () => transfer.Within("the reset"));
                Assert.Equal((TransferSide.Source, Sent), (thrown.Side, thrown.Progress.BytesConsumed));
                TeeResult mirror = Assert.IsType<TeeResult>(thrown.Progress.Mirror);
                Assert.Equal((TeeEnd.SourceClosed, Sent), (mirror.EndedBy, mirror.BytesMirrored));
                await target.AssertGot(Sent, cut: true);
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    public async Task A_dead_destination_leaves_the_mirror_with_a_beginning(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        using Target target = new(TargetKind.Pipe);
        target.Read();
        TransferOptions options = new() { Mode = mode, Mirror = target.Endpoint, KeepUndelivered = true };
        Task<TransferResult> transfer = rig.Start(call, options);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        await Peer.ReadExactly(rig.Reader, 100_000).Within("the reader");
        SocketPair.Reset(rig.Reader);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
        Assert.Equal(TransferSide.Destination, thrown.Side);
        TeeResult mirror = Assert.IsType<TeeResult>(thrown.Progress.Mirror);
        Assert.Equal(TeeEnd.SourceClosed, mirror.EndedBy);
        Assert.InRange(mirror.BytesMirrored, thrown.Progress.BytesWritten, thrown.Progress.BytesConsumed);
        await target.AssertGot(mirror.BytesMirrored, cut: true);
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, thrown.Progress.BytesWritten);
        SocketPair.Reset(rig.Source);
        await writer.Within("the writer");
    }

    /// <summary>A mirror that takes some bytes and then dies.</summary>
    private sealed class Dying : IDisposable
    {
        private const int Before = 300_000;

        private readonly Target? _target;
        private readonly CheckingStream? _stream;
        private readonly Task _death = Task.CompletedTask;

        internal Dying(TargetKind kind)
        {
            if (kind == TargetKind.Stream)
            {
                _stream = new CheckingStream(Pattern.Default) { FailAfter = Before };
                _stream.Open();
                return;
            }

            _target = new Target(kind, bufferBytes: 32_768);
            _death = Die(_target);
        }

        internal TransferEndpoint Endpoint => _target?.Endpoint ?? (TransferEndpoint)_stream;

        internal async Task AssertFailed(TeeResult? result)
        {
            await _death.Within("its death");
            TeeResult mirror = Assert.IsType<TeeResult>(result);
            Assert.Equal(TeeEnd.Failed, mirror.EndedBy);
            Assert.NotNull(mirror.Exception);
            Assert.InRange(mirror.BytesMirrored, _stream is null ? Before : 1, Total - 1);
            Assert.InRange(mirror.BytesMirrored, 0, mirror.BytesTeed + mirror.BytesCopied);
            if (_stream is not null)
            {
                _stream.AssertRight();
                Assert.Equal(_stream.Count, mirror.BytesMirrored);
                Assert.True(mirror.Exception == _stream.Error || mirror.Exception.InnerException == _stream.Error);
            }
        }

        public void Dispose()
        {
            _target?.Dispose();
            _stream?.Dispose();
        }

        private static async Task Die(Target target)
        {
            if (target.Pipe is not null)
            {
                await PipePeer.ReadExactly(target.Pipe, Before).Within("the mirror's reader");
                target.Pipe.CloseRead();
            }
            else
            {
                Pattern.Default.AssertEqual(await Peer.ReadExactly(target.Peer!, Before).Within("the mirror's reader"));
                SocketPair.Reset(target.Peer!);
            }
        }
    }
}
