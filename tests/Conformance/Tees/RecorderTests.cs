// A stream is read into a pipe, goes on from there, and is recorded on its way: what pipe and tee are for.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

[Cases("B-06")]
public sealed class RecorderTests
{
    private const int Total = 3_000_017;

    public static TheoryData<Family, TargetKind> Rows { get; } = new MatrixTheoryData<Family, TargetKind>(
        Enum.GetValues<Family>(), Enum.GetValues<TargetKind>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    [Cases("X-07")]
    public async Task A_camera_is_recorded_while_it_is_watched(Family family, TargetKind kind)
    {
        using Rig rig = new(family, Family.Tcp);
        using Pipe pipe = Pipe.Create(256 * 1024);
        using Target recording = new(kind);
        recording.Read();
        Tee tee = pipe.Tee(recording.Endpoint);
        Task<long> camera = Peer.Write(rig.Writer, Total, chunk: 200_000);
        Task<Received> viewer = Peer.Read(rig.Reader);

        Task<TransferResult> fill = pipe.ReadFromAsync(rig.Source).AsTask();
        TransferResult drained = await pipe.WriteToAsync(rig.Destination).Within("the way out");

        TransferResult filled = await fill.Within("the way in");
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, camera, viewer);
        Assert.Equal((Total, Total), (filled.BytesWritten, drained.BytesWritten));
        Assert.Equal(Platform.HasKernel, drained.BytesSpliced > 0); // From a pipe to a socket.
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), Total, recording.Pipe is not null);
        await recording.AssertGot(Total);
    }

    // Nobody may take the recording for whole.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.Pipe)]
    [InlineData(TargetKind.File)]
    public async Task A_camera_that_breaks_off_cuts_the_recording(TargetKind kind)
    {
        const int Sent = 100_003;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Pipe pipe = Pipe.Create();
        using Target recording = new(kind);
        recording.Read();
        Tee tee = pipe.Tee(recording.Endpoint);
        Task<TransferResult> fill = pipe.ReadFromAsync(rig.Source).AsTask();
        Task<TransferResult> drain = pipe.WriteToAsync(rig.Destination).AsTask();
        Task<long> camera = Peer.Write(rig.Writer, Sent, finish: false);
        Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, Sent).Within("the viewer"));
        await camera.Within("the camera");
        SocketPair.Reset(rig.Writer);

        TransferException broken = await Assert.ThrowsAsync<TransferException>(() => fill.Within("the way in"));
        Assert.Equal((TransferSide.Source, Sent), (broken.Side, broken.Progress.BytesWritten));
        TransferException passedOn = await Assert.ThrowsAsync<TransferException>(() => drain.Within("the way out"));
        Assert.Equal((TransferSide.Source, Sent), (passedOn.Side, passedOn.Progress.BytesWritten));
        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal((TeeEnd.SourceClosed, Sent), (result.EndedBy, result.BytesMirrored));
        await recording.AssertGot(Sent, cut: true);
    }

    // The recorder is the bottleneck, then the viewer, then the recorder again.
    [Fact(Timeout = Deadline.Ms)]
    public async Task The_bottleneck_may_change_sides()
    {
        const int Part = 300_000;
        using Rig rig = new(Family.Unix, Family.Unix, bufferBytes: 32_768);
        using SocketPair recorder = SocketPair.Connect(Family.Unix, bufferBytes: 32_768);
        using Pipe pipe = Pipe.Create();
        Tee tee = pipe.Tee(recorder.Near, new TeeOptions { CapacityBytes = 16_384 });
        Task<TransferResult> fill = pipe.ReadFromAsync(rig.Source).AsTask();
        Task<TransferResult> drain = pipe.WriteToAsync(rig.Destination).AsTask();
        for (int i = 0; i < 4; i++)
        {
            Task<long> camera = Peer.Write(rig.Writer, Part, start: i * Part, finish: i == 3);
            Task<Received> viewer = Peer.Read(
                rig.Reader, pauseMs: i % 2, start: i * Part, max: Part, chunk: i % 2 == 0 ? 65_536 : 5000);
            Task<Received> recording = Peer.Read(
                recorder.Far, pauseMs: 1 - (i % 2), start: i * Part, max: Part, chunk: i % 2 == 0 ? 5000 : 65_536);
            await Peer.AssertAll(Part, camera, viewer);
            Assert.Equal(new Received(Part, SocketError.Success), await recording.Within("the recorder"));
        }

        Assert.Equal(4 * Part, (await fill.Within("the way in")).BytesWritten);
        Assert.Equal(4 * Part, (await drain.Within("the way out")).BytesWritten);
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), 4 * Part, isPipe: false);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.CopyOnly)]
    [InlineData(TransferMode.RequireZeroCopy)]
    public async Task A_pipe_that_is_left_open_mirrors_one_transfer_after_the_other(TransferMode mode)
    {
        const int Rounds = 20;
        const int Part = 10_000;
        using Pipe recording = Pipe.Create();
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> reader = PipePeer.ReadAll(recording);
        Task<long> writer = Peer.Write(rig.Writer, Rounds * Part);
        Task<Received> destination = Peer.Read(rig.Reader);
        for (int i = 0; i < Rounds; i++)
        {
            TransferOptions options = new()
            {
                Mode = mode,
                LimitBytes = Part,
                Mirror = recording,
                MirrorOptions = new TeeOptions { LeaveOpen = true },
            };
            TransferResult result = await rig.Start((Call)(i % 2), options).Within("a transfer");
            TeeScenario.AssertWhole(Assert.IsType<TeeResult>(result.Mirror), Part, isPipe: true);
        }

        recording.CloseWrite();
        Assert.Equal(Rounds * Part, await reader.Within("the recorder"));
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Rounds * Part, writer, destination);
    }

    // Back-pressure goes up the whole chain, and everybody gets everything.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Way.Read)]
    [InlineData(Way.WriteToAsync)]
    [InlineData(Way.Mixed)]
    public async Task A_chain_of_small_pipes_records_a_large_stream(Way way)
    {
        const int Links = 5;
        const int Large = 300_007;
        Pipe[] pipes = [.. Enumerable.Range(0, Links).Select(_ => Pipe.Create(4096))];
        try
        {
            Tee[] tees = [.. pipes[1..].Select((next, i) => pipes[i].Tee(next))];
            Task<long> writer = PipePeer.Write(pipes[0], Large, seed: (int)way);
            Task<long>[] readers = [.. pipes[2..].Select(pipe => PipePeer.ReadAll(pipe))];
            using MainFlow first = new(pipes[0], way);
            using MainFlow second = new(pipes[1], way);
            await Task.WhenAll(first.AssertMoves(Large), second.AssertMoves(Large));
            Assert.Equal(Large, await writer.Within("the writer"));
            Assert.All(await Task.WhenAll(readers).Within("the others"), count => Assert.Equal(Large, count));
            foreach (Tee tee in tees)
            {
                TeeScenario.AssertWhole(await tee.Completion.Within("a tee"), Large, isPipe: true);
            }
        }
        finally
        {
            Array.ForEach(pipes, pipe => pipe.Dispose());
        }
    }
}
