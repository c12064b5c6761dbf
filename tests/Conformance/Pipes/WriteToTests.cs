// From a pipe to a destination, until the pipe's end.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Plain;

namespace Zerocopy.Conformance.Pipes;

public sealed class WriteToTests
{
    private const int Many = 3_000_017;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    [Cases("Z-15")]
    public async Task One_message_and_the_end(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task writer = Deadline.OnThread(() =>
        {
            pipe.Write("hello world"u8);
            pipe.CloseWrite();
        });
        TransferResult result = await PipePeer.WriteTo(call, pipe, pair.Near).Within("the copier");
        await writer.Within("the writer");
        Routes.AssertMoved(result, 11, Routes.Of(EndKind.Pipe, family.Kind()));
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
        Assert.Equal("hello world"u8.ToArray(), await Peer.ReadExactly(pair.Far, 11).Within("the client"));
        Assert.True(pair.Near.Connected, "a transfer shuts nothing down");
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_long_stream_to_a_slow_reader(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family, bufferBytes: 16 * 1024);
        Task<long> writer = PipePeer.Write(pipe, Many, chunk: 33_333);
        Task<TransferResult> copier = PipePeer.WriteTo(call, pipe, pair.Near);
        await PipePeer.AssertWaits(copier, "the copier");
        Task<Received> reader = Peer.Read(pair.Far);
        Routes.AssertMoved(await copier.Within("the copier"), Many, Routes.Of(EndKind.Pipe, family.Kind()));
        pair.Near.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Many, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_pipe_that_is_at_its_end_moves_nothing(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        pipe.CloseWrite();
        TransferResult result = await PipePeer.WriteTo(call, pipe, pair.Near).Within("the copier");
        Assert.Equal((0, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal(0, pair.Far.Available);
    }

    // The destination fails at once; whatever it did not take is not lost.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task When_the_destination_has_gone_the_bytes_stay_in_the_pipe(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        pipe.Write(Pattern.Default.Slice(0, 10_000).Span);
        pipe.CloseWrite();
        pair.Near.Shutdown(SocketShutdown.Send);
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => PipePeer.WriteTo(call, pipe, pair.Near).Within("the copier"));
        Routes.AssertFailed(thrown, TransferSide.Destination, Libc.EPipe);
        Assert.Equal(TransferEnd.DestinationFailed, thrown.Progress.EndedBy);
        Assert.Equal(0, thrown.Progress.BytesWritten);
        await AssertRest(pipe, thrown.Progress.BytesConsumed, 10_000);
    }

    // It fails in the middle: what it took and what is left are neighbours.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task When_the_destination_fails_on_the_way_no_byte_is_unaccounted_for(Call call)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe destination = Pipe.Create(8192);
        Task<long> writer = PipePeer.Write(pipe, Many);
        Task<TransferResult> copier = Rig.Start(
            call, pipe, destination, new TransferOptions { KeepUndelivered = true });
        Pattern.Default.AssertEqual(await PipePeer.ReadExactly(destination, 100_000).Within("the first part"));
        destination.CloseRead();
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => copier.Within("the copier"));
        Routes.AssertFailed(thrown, TransferSide.Destination, Libc.EPipe);
        TransferResult progress = thrown.Progress;
        Assert.InRange(progress.BytesWritten, 100_000, Many);
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);
        await AssertRest(pipe, progress.BytesConsumed, Many);
        Assert.Equal(Many, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task A_stream_that_throws_is_the_destination_s_failure(Call call)
    {
        using Pipe pipe = Pipe.Create();
        InvalidDataException own = new("no more");
        using ScriptedStream destination = new() { WriteError = own };
        pipe.Write("bytes"u8);
        pipe.CloseWrite();
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => PipePeer.WriteTo(call, pipe, destination).Within("the copier"));
        Assert.Same(own, thrown.InnerException);
        Assert.Equal((TransferSide.Destination, 0L), (thrown.Side, thrown.Progress.BytesWritten));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task What_can_never_be_written_is_refused_and_takes_nothing(Call call)
    {
        using Pipe pipe = Pipe.Create();
        using Socket datagram = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        using Pipe unwritable = Pipe.Create();
        pipe.Write("stays"u8);
        Assert.Equal("destination", (await Assert.ThrowsAsync<ArgumentNullException>(
            () => PipePeer.WriteTo(call, pipe, default).Within("null"))).ParamName);
        Assert.Equal("destination", (await Assert.ThrowsAsync<ArgumentException>(
            () => PipePeer.WriteTo(call, pipe, datagram).Within("a datagram socket"))).ParamName);
        Assert.Equal("destination", (await Assert.ThrowsAsync<ArgumentException>(
            () => PipePeer.WriteTo(call, pipe, unwritable.AsReadStream()).Within("a read end"))).ParamName);
        Assert.Equal("stays"u8.ToArray(), await PipePeer.ReadExactly(pipe, 5).Within("a read"));
    }

    private static async Task AssertRest(Pipe pipe, long start, long total)
        => Assert.Equal(total - start, await PipePeer.Read(pipe, start: start).Within("the rest"));
}
