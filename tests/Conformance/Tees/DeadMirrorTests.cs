// Mirrors that are dead before the first byte: the flow finds that out, and nobody else notices.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

/// <summary>What is wrong with a mirror from the start.</summary>
public enum Corpse
{
    UnixPeerGone,
    TcpReset,
    PipeWithoutReader,
    FailingStream,
}

public sealed class DeadMirrorTests
{
    private const int Repeats = 30; // A race: one in six failed.

    private static readonly Corpse[] s_corpses = Enum.GetValues<Corpse>();

    public static TheoryData<Corpse, TransferMode, Call> Rows { get; } =
        new MatrixTheoryData<Corpse, TransferMode, Call>(
            s_corpses, [TransferMode.Auto, TransferMode.CopyOnly], Enum.GetValues<Call>());

    public static TheoryData<Corpse> Corpses { get; } = [.. s_corpses];

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("F-72")]
    public Task A_mirror_that_is_dead_from_the_start_is_left_behind(Corpse corpse, TransferMode mode, Call call)
        => DeadMirrorScenario.Detached(corpse, mode, call, Repeats);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("F-72")]
    public Task A_mirror_that_is_dead_from_the_start_stops_a_transfer_that_must_not_go_on_without_it(
        Corpse corpse, TransferMode mode, Call call) => DeadMirrorScenario.Stopped(corpse, mode, call, Repeats);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Corpses))]
    [Cases("F-73")]
    public Task A_dead_mirror_of_one_direction_leaves_the_other_ones_alive(Corpse corpse)
        => DeadMirrorScenario.Relayed(corpse, Repeats);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Corpses))]
    [Cases("F-74")]
    public async Task A_dead_target_of_a_pipe_is_left_behind(Corpse corpse)
    {
        byte[] sent = Pattern.Default.Bytes(0, 10_000);
        byte[] got = new byte[sent.Length];
        for (int i = 0; i < Repeats; i++)
        {
            using DeadMirror dead = new(corpse);
            using Pipe pipe = Pipe.Create();
            Tee tee = pipe.Tee(dead.Endpoint);
            await pipe.WriteAsync(sent).AsTask().Within("the write");
            for (int done = 0; done < got.Length;)
            {
                done += await pipe.ReadAsync(got.AsMemory(done)).Within("the read");
            }

            pipe.CloseWrite();
            Assert.Equal(0, await pipe.ReadAsync(got.AsMemory(0, 1)).Within("the end"));
            Assert.Equal(TeeEnd.Failed, (await tee.Completion.Within("the tee")).EndedBy);
        }
    }
}

/// <summary>Something to write to that is dead.</summary>
internal sealed class DeadMirror : IDisposable
{
    private readonly SocketPair? _pair;
    private readonly Pipe? _pipe;
    private readonly CheckingStream? _stream;

    internal DeadMirror(Corpse corpse)
    {
        switch (corpse)
        {
            case Corpse.PipeWithoutReader:
                _pipe = Pipe.Create();
                _pipe.CloseRead();
                break;
            case Corpse.FailingStream:
                _stream = new CheckingStream(Pattern.Default) { FailAfter = 0 };
                _stream.Open();
                break;
            default:
                _pair = SocketPair.Connect(corpse == Corpse.TcpReset ? Family.Tcp : Family.Unix);
                SocketPair.Reset(_pair.Far);
                break;
        }
    }

    internal TransferEndpoint Endpoint => _pipe ?? (_pair is not null ? _pair.Near : (TransferEndpoint)_stream);

    public void Dispose()
    {
        _pair?.Dispose();
        _pipe?.Dispose();
        _stream?.Dispose();
    }
}

/// <summary>Also run where nothing is asked of the kernel.</summary>
internal static class DeadMirrorScenario
{
    private const int Bytes = 3000;

    internal static async Task Detached(Corpse corpse, TransferMode mode, Call call, int repeats)
    {
        for (int i = 0; i < repeats; i++)
        {
            using Rig rig = new(Family.Unix, Family.Unix);
            using DeadMirror dead = new(corpse);
            TransferOptions options = new() { Mode = mode, Mirror = dead.Endpoint };
            Task<TransferResult> transfer = rig.Start(call, options);
            // A second piece, in case the first has found room in the pipe to the mirror.
            rig.Writer.Send(Pattern.Default.Slice(0, Bytes).Span);
            Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, Bytes).Within("the first piece"));
            rig.Writer.Send(Pattern.Default.Slice(Bytes, Bytes).Span);
            rig.Writer.Shutdown(SocketShutdown.Send);
            TransferResult result = await transfer.Within("the transfer");
            Assert.Equal((TransferEnd.EndOfStream, 2 * Bytes), (result.EndedBy, result.BytesWritten));
            TeeResult mirror = Assert.IsType<TeeResult>(result.Mirror);
            Assert.Equal(TeeEnd.Failed, mirror.EndedBy);
            Assert.NotNull(mirror.Exception);
        }
    }

    internal static async Task Stopped(Corpse corpse, TransferMode mode, Call call, int repeats)
    {
        TeeOptions stop = new() { OnFailure = TeeFailure.Stop };
        for (int i = 0; i < repeats; i++)
        {
            using Rig rig = new(Family.Unix, Family.Unix);
            using DeadMirror dead = new(corpse);
            Task<TransferResult> transfer = rig.Start(
                call, new TransferOptions { Mode = mode, Mirror = dead.Endpoint, MirrorOptions = stop });
            Task<Exception> thrown = Assert.ThrowsAnyAsync<Exception>(() => transfer.Within("the transfer"));
            for (int sent = 0; !thrown.IsCompleted; sent++)
            {
                Assert.True(sent < 20_000, "the transfer goes on without its mirror");
                rig.Writer.Send("piece"u8);
                await Task.Delay(1);
                _ = rig.Reader.Available > 0 ? rig.Reader.Receive(new byte[4096]) : 0;
            }

            TransferException failure = Assert.IsType<TransferException>(await thrown);
            Assert.Equal(
                (TransferSide.Mirror, TransferEnd.MirrorFailed), (failure.Side, failure.Progress.EndedBy));
            Assert.Equal(TeeEnd.Failed, failure.Progress.Mirror?.EndedBy);
        }
    }

    internal static async Task Relayed(Corpse corpse, int repeats)
    {
        for (int i = 0; i < repeats; i++)
        {
            using Rig rig = new(Family.Unix, Family.Unix);
            using DeadMirror dead = new(corpse);
            using Target living = new(i % 2 == 0 ? TargetKind.Unix : TargetKind.Pipe);
            living.Read();
            FlowOptions toDead = new() { Mirror = dead.Endpoint };
            FlowOptions toLiving = new() { Mirror = living.Endpoint };
            bool isLeft = i % 3 != 0;
            Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, new RelayOptions
            {
                LeftToRight = isLeft ? toDead : toLiving,
                RightToLeft = isLeft ? toLiving : toDead,
            }).AsTask();
            (Socket ofDead, Socket ofLiving) = isLeft ? (rig.Writer, rig.Reader) : (rig.Reader, rig.Writer);
            ofDead.Send(Pattern.Default.Slice(0, Bytes).Span);
            Pattern.Default.AssertEqual(await Peer.ReadExactly(ofLiving, Bytes).Within("the first piece"));
            ofDead.Send(Pattern.Default.Slice(Bytes, Bytes).Span);
            ofLiving.Send(Pattern.Default.Slice(0, Bytes).Span);
            ofDead.Shutdown(SocketShutdown.Send);
            ofLiving.Shutdown(SocketShutdown.Send);
            RelayResult result = await relay.Within("the relay");
            Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
            (TransferResult there, TransferResult back) = isLeft
                ? (result.LeftToRight, result.RightToLeft) : (result.RightToLeft, result.LeftToRight);
            Assert.Equal((2 * Bytes, TeeEnd.Failed), (there.BytesWritten, there.Mirror!.EndedBy));
            Assert.Equal((Bytes, TeeEnd.EndOfStream), (back.BytesWritten, back.Mirror!.EndedBy));
            await living.AssertGot(Bytes);
        }
    }
}
