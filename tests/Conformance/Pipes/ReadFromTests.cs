// From a source into a pipe, and its end as well.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class ReadFromTests
{
    private const int Many = 3_000_017;

    private static readonly byte[] s_hello = "hello world"u8.ToArray();

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("Z-12")]
    public async Task Writer_reader_and_copier_start_at_once(Family family, Call call)
    {
        for (int i = 0; i < 20; i++)
        {
            using SocketPair pair = SocketPair.Connect(family);
            using Pipe pipe = Pipe.Create();
            using Barrier start = new(3);
            Task writer = Deadline.OnThread(() =>
            {
                start.SignalAndWait();
                pair.Far.Send(s_hello);
                pair.Far.Shutdown(SocketShutdown.Send);
            });
            Task<byte[]> reader = Deadline.OnThread(() =>
            {
                start.SignalAndWait();
                return PipePeer.ReadExactly(pipe, s_hello.Length);
            }).Unwrap();
            Task<TransferResult> copier = Deadline.OnThread(() =>
            {
                start.SignalAndWait();
                return PipePeer.ReadFrom(call, pipe, pair.Near);
            }).Unwrap();

            await writer.Within("the writer");
            Assert.Equal(s_hello, await reader.Within("the reader"));
            AssertEnded(await copier.Within("the copier"), s_hello.Length, family);
            Assert.Equal(0, pipe.Read(new byte[1]));
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("Z-13")]
    public async Task The_copier_waits_first(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        Task<byte[]> reader = PipePeer.ReadExactly(pipe, s_hello.Length);
        await PipePeer.AssertWaits(copier, "the copier");
        pair.Far.Send(s_hello);
        pair.Far.Shutdown(SocketShutdown.Send);
        Assert.Equal(s_hello, await reader.Within("the reader"));
        AssertEnded(await copier.Within("the copier"), s_hello.Length, family);
        Assert.Equal(0, pipe.Read(new byte[1]));
    }

    // Bytes wait in the source before the copier starts, so no edge ever comes from there; only the reader can get it
    // going.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("Z-14", "X-03", "B-02")]
    public async Task Into_a_full_pipe_from_a_source_that_has_sent_and_closed(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        int size = PipePeer.Fill(pipe);
        pair.Far.Send(s_hello);
        pair.Far.Shutdown(SocketShutdown.Send);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        await PipePeer.AssertWaits(copier, "the copier");

        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(pipe, size).Within("what was in the pipe"));
        Assert.Equal(s_hello, await PipePeer.ReadExactly(pipe, s_hello.Length).Within("what came after it"));
        AssertEnded(await copier.Within("the copier"), s_hello.Length, family);
        Assert.Equal(0, pipe.Read(new byte[1]));
    }

    // The other orders: the copier first waits for the source, or for nothing but the pipe.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("B-02")]
    public async Task Into_a_full_pipe_from_a_source_that_sends_later(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        int size = PipePeer.Fill(pipe);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        await PipePeer.AssertWaits(copier, "the copier");
        pair.Far.Send(s_hello);
        await PipePeer.AssertWaits(copier, "the copier, with a byte to copy");
        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(pipe, size).Within("what was in the pipe"));
        Assert.Equal(s_hello, await PipePeer.ReadExactly(pipe, s_hello.Length).Within("what came after it"));

        pair.Far.Send(s_hello);
        Assert.Equal(s_hello, await PipePeer.ReadExactly(pipe, s_hello.Length).Within("the second message"));
        pair.Far.Shutdown(SocketShutdown.Send);
        AssertEnded(await copier.Within("the copier"), 2 * s_hello.Length, family);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_long_stream_with_a_slow_reader(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<long> writer = Peer.Write(pair.Far, Many);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        Task<long> reader = PipePeer.Read(pipe, chunk: 40_000, pauseMs: 1);
        Assert.Equal(Many, await reader.Within("the reader"));
        TransferResult result = await copier.Within("the copier");
        AssertEnded(result, Many, family);
        Assert.Equal(pipe.IsKernelPipe, result.BytesSpliced > 0);
        Assert.Equal(Many, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task Left_open_the_pipe_takes_one_source_after_the_other(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        Task<long> reader = PipePeer.Read(pipe, chunk: 10_000);
        for (int i = 0; i < 3; i++)
        {
            using SocketPair pair = SocketPair.Connect(family);
            Task<long> writer = Peer.Write(pair.Far, 100_000, start: i * 100_000L);
            TransferResult result = await PipePeer.ReadFrom(call, pipe, pair.Near, leaveOpen: i < 2).Within("a copier");
            AssertEnded(result, 100_000, family);
            Assert.Equal(100_000, await writer.Within("a writer"));
        }

        Assert.Equal(300_000, await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_source_that_is_at_its_end_ends_the_pipe(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        pair.Far.Shutdown(SocketShutdown.Send);
        AssertEnded(await PipePeer.ReadFrom(call, pipe, pair.Near).Within("the copier"), 0, family);
        Assert.Equal(0, await PipePeer.Read(call, pipe, new byte[10]).Within("the end"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task What_can_never_be_read_is_refused_and_the_pipe_stays_open(Call call)
    {
        using Pipe pipe = Pipe.Create();
        using MemoryStream closed = new();
        closed.Dispose();
        using Socket datagram = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Pipe unreadable = Pipe.Create();
        Assert.Equal("source", (await Assert.ThrowsAsync<ArgumentNullException>(
            () => PipePeer.ReadFrom(call, pipe, default).Within("null"))).ParamName);
        Assert.Equal("source", (await Assert.ThrowsAsync<ArgumentException>(
            () => PipePeer.ReadFrom(call, pipe, pipe).Within("itself"))).ParamName);
        Assert.Equal("source", (await Assert.ThrowsAsync<ArgumentException>(
            () => PipePeer.ReadFrom(call, pipe, datagram).Within("a datagram socket"))).ParamName);
        Assert.Equal("source", (await Assert.ThrowsAsync<ArgumentException>(
            () => PipePeer.ReadFrom(call, pipe, unreadable.AsWriteStream()).Within("a write end"))).ParamName);
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(
            () => PipePeer.ReadFrom(call, pipe, closed).Within("a closed stream"));
        await PipePeer.Write(call, pipe, s_hello).Within("a write");
        Assert.Equal(s_hello, await PipePeer.ReadExactly(pipe, s_hello.Length).Within("a read"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_token_that_is_cancelled_already_takes_nothing(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        pair.Far.Send(s_hello);
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => PipePeer.ReadFrom(call, pipe, pair.Near, token: cancellation.Token).Within("the copier"));
        Assert.Equal((0L, cancellation.Token), (thrown.Progress.BytesConsumed, thrown.CancellationToken));
        Assert.Equal(0, pipe.Available);
        Assert.Equal(s_hello, await Peer.ReadExactly(pair.Near, s_hello.Length).Within("the source"));
    }

    private static void AssertEnded(TransferResult result, long count, Family family)
    {
        Routes.AssertMoved(result, count, Routes.Of(family.Kind(), EndKind.Pipe));
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
    }
}
