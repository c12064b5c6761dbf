// A source that fails: readers get what had come, then the failure, and never a clean end of a truncated stream.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Plain;

namespace Zerocopy.Conformance.Pipes;

public sealed class ReadFromFailureTests
{
    private static readonly byte[] s_ten = "ten bytes."u8.ToArray();

    private readonly byte[] _buffer = new byte[64];

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("B-05")]
    public async Task A_reset_that_came_before_the_call(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        pair.Far.Send(s_ten);
        Reset(pair);
        await AssertReset(pipe, PipePeer.ReadFrom(call, pipe, pair.Near), call);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("B-05")]
    public async Task A_reset_while_the_copier_waits_for_the_source(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        pair.Far.Send(s_ten);
        await Deadline.Until("the bytes are in the pipe", () => pipe.Available == s_ten.Length);
        Reset(pair);
        await AssertReset(pipe, copier, call);
    }

    // The bytes before the reset wait behind a full pipe.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("B-05")]
    public async Task A_reset_while_the_copier_waits_for_the_pipe(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        int size = PipePeer.Fill(pipe);
        pair.Far.Send(s_ten);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        await PipePeer.AssertWaits(copier, "the copier");
        Reset(pair);
        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(pipe, size).Within("what was in the pipe"));
        await AssertReset(pipe, copier, call);
    }

    // Whoever reads the pipe by a transfer, or in a relay, learns it too.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task The_transfer_behind_the_pipe_fails_too(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using Rig rig = new(family, family);
        Task<TransferResult> fill = PipePeer.ReadFrom(call, pipe, rig.Source);
        Task<TransferResult> drain = PipePeer.WriteTo(call, pipe, rig.Destination);
        rig.Writer.Send(s_ten);
        Assert.Equal(s_ten, await Peer.ReadExactly(rig.Reader, s_ten.Length).Within("the bytes"));
        rig.Source.Send("unread"u8);
        SocketPair.Reset(rig.Writer);
        TransferException first = await Assert.ThrowsAsync<TransferException>(() => fill.Within("the first copier"));
        Assert.Equal(TransferSide.Source, first.Side);
        TransferException second = await Assert.ThrowsAsync<TransferException>(() => drain.Within("the second"));
        Assert.Equal((TransferSide.Source, (long)s_ten.Length), (second.Side, second.Progress.BytesWritten));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task A_stream_that_throws(Call call)
    {
        using Pipe pipe = Pipe.Create();
        InvalidDataException own = new("broken");
        using ScriptedStream source = new(s_ten) { ReadError = own };
        Task<int> waits = PipePeer.Read(call, pipe, _buffer);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => PipePeer.ReadFrom(call, pipe, source).Within("the copier"));
        Assert.Same(own, thrown.InnerException);
        Assert.Equal((TransferSide.Source, 10L), (thrown.Side, thrown.Progress.BytesWritten));
        Assert.Equal(10, await waits.Within("what came"));
        await AssertFailure(pipe, call);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_source_that_this_process_disposes(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        pair.Far.Send(s_ten);
        await Deadline.Until("the bytes are in the pipe", () => pipe.Available == s_ten.Length);
        pair.Near.Dispose();
        TransferDisposedException thrown = await Assert.ThrowsAsync<TransferDisposedException>(
            () => copier.Within("the copier", PipePeer.PromptMs));
        Assert.Equal((TransferSide.Source, 10L), (thrown.Side, thrown.Progress.BytesWritten));
        Assert.Equal(10, await PipePeer.Read(call, pipe, _buffer).Within("what came"));
        await AssertFailure(pipe, call);
    }

    // A reader that is parked when the failure comes is woken by it.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_reader_that_waits_is_told(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        Task<int> read = PipePeer.Read(call, pipe, _buffer);
        await PipePeer.AssertWaits(read, "the reader");
        Reset(pair);
        await Assert.ThrowsAnyAsync<IOException>(() => copier.Within("the copier"));
        await Assert.ThrowsAnyAsync<IOException>(() => read.Within("the reader", PipePeer.PromptMs));
    }

    // A cancelled copier is no failure of the source: the pipe stays open and the next one goes on.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_cancelled_copier_leaves_the_pipe_open(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        using CancellationTokenSource cancellation = new();
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near, token: cancellation.Token);
        pair.Far.Send(s_ten);
        await Deadline.Until("the bytes are in the pipe", () => pipe.Available == s_ten.Length);
        cancellation.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => copier.Within("the copier", PipePeer.PromptMs));
        Assert.Equal((10L, cancellation.Token), (thrown.Progress.BytesWritten, thrown.CancellationToken));
        pair.Far.Send(s_ten);
        pair.Far.Shutdown(SocketShutdown.Send);
        Assert.Equal(10, (await PipePeer.ReadFrom(call, pipe, pair.Near).Within("the second copier")).BytesWritten);
        Assert.Equal("ten bytes.ten bytes."u8.ToArray(), await PipePeer.ReadExactly(pipe, 20).Within("the reader"));
        Assert.Equal(0, pipe.Read(_buffer));
    }

    /// <summary>On TCP by linger 0, on a unix socket by closing it with something unread.</summary>
    private static void Reset(SocketPair pair)
    {
        pair.Near.Send("unread"u8);
        SocketPair.Reset(pair.Far);
    }

    private async Task AssertReset(Pipe pipe, Task<TransferResult> copier, Call call)
    {
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => copier.Within("the copier"));
        Routes.AssertFailed(thrown, TransferSide.Source, Libc.EConnReset);
        Assert.Equal((10, 10), (thrown.Progress.BytesWritten, thrown.Progress.BytesConsumed));
        Assert.Equal(TransferEnd.SourceFailed, thrown.Progress.EndedBy);
        Assert.Equal(s_ten, await PipePeer.ReadExactly(pipe, 10).Within("what came"));
        await AssertFailure(pipe, call);
    }

    private async Task AssertFailure(Pipe pipe, Call call)
    {
        for (int i = 0; i < 2; i++) // It stays so.
        {
            await Assert.ThrowsAnyAsync<IOException>(
                () => PipePeer.Read(call, pipe, _buffer).Within("the failure", PipePeer.PromptMs));
        }

        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => PipePeer.Write(call, pipe, s_ten).Within("a write"));
    }
}
