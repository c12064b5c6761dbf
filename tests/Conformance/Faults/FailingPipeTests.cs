// Reads and writes of a pipe fail with an errno, at once or in mid-stream: thrown with exact counts, and every byte is
// written, handed back, or still where it was.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

[KernelOnly(Why.Mechanism)]
public sealed class FailingPipeTests
{
    private const int Total = 500_003;

    private static readonly TransferOptions s_copying = new() { Mode = TransferMode.CopyOnly, KeepUndelivered = true };

    public static TheoryData<Errno, int, Call> Rows { get; } = new MatrixTheoryData<Errno, int, Call>(
        [Errno.EIO, Errno.ENOMEM], [0, 3], Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_write_that_fails_says_how_much_is_in(Errno error, int after, Call call)
    {
        using StumblingKernel kernel = Failing(MovingCall.WritePipe, error, after);
        using Pipe pipe = Pipe.Create();
        Task<long> reader = Deadline.OnThread(() => Drain(pipe));
        IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => (call == Call.Async
            ? pipe.WriteAsync(Pattern.Default.Slice(0, Total)).AsTask()
            : Deadline.OnThread(() => pipe.Write(Pattern.Default.Slice(0, Total).Span))).Within("the write"));
        TransferResult progress = AssertFailed(thrown, kernel, error, "write");
        pipe.CloseWrite();
        Assert.InRange(progress.BytesWritten, 1, Total - 1);
        Assert.Equal(progress.BytesWritten, await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_read_that_fails_takes_nothing(Errno error, int after, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe copy = Pipe.Create();
        _ = pipe.Tee(copy); // What is teed is always read by the flow.
        byte[] buffer = new byte[1000];
        pipe.Write(Pattern.Default.Slice(0, 4 * buffer.Length).Span);
        using (StumblingKernel kernel = Failing(MovingCall.ReadPipe, error, after))
        {
            for (int i = 0; i < after; i++)
            {
                Assert.Equal(buffer.Length, await Read());
                Pattern.Default.AssertEqual(buffer, i * buffer.Length);
            }

            IOException thrown = await Assert.ThrowsAnyAsync<IOException>(() => Read().Within("the read"));
            Assert.Equal(0, AssertFailed(thrown, kernel, error, "read").BytesConsumed);
        }

        Assert.Equal((4 - after) * buffer.Length, pipe.Available);
        Assert.Equal(buffer.Length, await Read());
        Pattern.Default.AssertEqual(buffer, after * buffer.Length);

        Task<int> Read() => call == Call.Async
            ? pipe.ReadAsync(buffer).AsTask() : Deadline.OnThread(() => pipe.Read(buffer));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_copy_into_a_pipe_that_fails_hands_back_what_it_holds(Errno error, int after, Call call)
    {
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        using Pipe pipe = Pipe.Create();
        Task<long> reader = Deadline.OnThread(() => Drain(pipe));
        Task<long> writer = Peer.Write(pair.Far, Total);
        TransferException thrown;
        using (StumblingKernel kernel = Failing(MovingCall.WritePipe, error, after))
        {
            thrown = await Assert.ThrowsAsync<TransferException>(
                () => Rig.Start(call, pair.Near, pipe, s_copying).Within("the transfer"));
            _ = AssertFailed(thrown, kernel, error, "write");
        }

        Assert.Equal(TransferSide.Destination, thrown.Side);
        Assert.Equal(thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten + thrown.Undelivered.Length);
        TransferResult rest = await Rig.Start(
            call, pair.Near, pipe, new TransferOptions { Prefix = thrown.Undelivered }).Within("the rest");
        pipe.CloseWrite();
        Assert.Equal(Total, thrown.Progress.BytesWritten + rest.BytesWritten);
        Assert.Equal(Total, await reader.Within("the reader"));
        Assert.Equal(Total, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_copy_out_of_a_pipe_that_fails_leaves_the_rest_in_it(Errno error, int after, Call call)
    {
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        using Pipe pipe = Pipe.Create();
        Task writer = Deadline.OnThread(() =>
        {
            pipe.Write(Pattern.Default.Slice(0, Total).Span);
            pipe.CloseWrite();
        });
        Task<Received> reader = Peer.Read(pair.Far);
        TransferException thrown;
        using (StumblingKernel kernel = Failing(MovingCall.ReadPipe, error, after))
        {
            thrown = await Assert.ThrowsAsync<TransferException>(
                () => Rig.Start(call, pipe, pair.Near, s_copying).Within("the transfer"));
            _ = AssertFailed(thrown, kernel, error, "read");
        }

        Assert.Equal((TransferSide.Source, 0), (thrown.Side, thrown.Undelivered.Length));
        Assert.Equal(thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten);
        TransferResult rest = await Rig.Start(call, pipe, pair.Near).Within("the rest");
        pair.Near.Shutdown(SocketShutdown.Send);
        await writer.Within("the writer");
        Assert.Equal(Total, thrown.Progress.BytesWritten + rest.BytesWritten);
        Assert.Equal(new Received(Total, SocketError.Success), await reader.Within("the reader"));
    }

    private static StumblingKernel Failing(MovingCall call, Errno error, int after)
        => new(seed: 1) { Failing = call, FailsAfter = after, Error = (int)error, ShortOneIn = int.MaxValue };

    private static TransferResult AssertFailed(IOException thrown, StumblingKernel kernel, Errno error, string call)
    {
        Assert.True(kernel.HasFailed);
        TransferException failure = Assert.IsType<TransferException>(thrown);
        Assert.Equal(((int)error, call), (failure.Error, failure.Operation));
        return failure.Progress;
    }

    private static long Drain(Pipe pipe)
    {
        byte[] buffer = new byte[10_000];
        long done = 0;
        for (int count; (count = pipe.Read(buffer)) > 0; done += count)
        {
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), done);
        }

        return done;
    }
}
