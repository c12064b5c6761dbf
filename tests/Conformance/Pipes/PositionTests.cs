// A pipe wherever an endpoint can stand, in every mode, and which mechanism served it.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

[Cases("X-09")]
public sealed class PositionTests
{
    /// <summary>Several times what a pipe holds, and no multiple of anything.</summary>
    private const int Many = 1_500_007;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Positions), MemberType = typeof(PipeMatrix))]
    [Cases("B-12", "GO-68", "GO-70")]
    public async Task Every_byte_by_the_mechanism_of_the_route(
        EndKind source, EndKind destination, TransferMode mode, Call call)
    {
        foreach (int bytes in (int[])[255, Many])
        {
            using PipeRig rig = new(source, destination);
            Task<long> writer = rig.Feed(bytes);
            TransferResult result = await Rig.Start(
                call, rig.Source, rig.Destination, new TransferOptions { Mode = mode }).Within("the transfer");
            TransferMechanism route = Routes.Of(source, destination, mode);
            Routes.AssertMoved(result, bytes, route, mode);
            Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
            Assert.Equal(bytes, await rig.EndAndCount().Within("what arrived"));
            Assert.Equal(bytes, await writer.Within("the writer"));
            if (bytes == Many)
            {
                Assert.Equal(route != TransferMechanism.ReadWrite, result.BytesSpliced > 0);
            }
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.CopiedPositions), MemberType = typeof(PipeMatrix))]
    public async Task Zero_copy_is_refused_where_there_is_none_and_takes_nothing(
        EndKind source, EndKind destination, Call call)
    {
        using PipeRig rig = new(source, destination);
        Task<long> writer = rig.Feed(100);
        await writer.Within("the writer");
        await Assert.ThrowsAsync<NotSupportedException>(() => Rig.Start(
            call, rig.Source, rig.Destination, new TransferOptions { Mode = TransferMode.RequireZeroCopy })
            .Within("the refusal"));
        Assert.Equal(100, (await Rig.Start(call, rig.Source, rig.Destination).Within("by copying")).BytesBuffered);
        Assert.Equal(100, await rig.EndAndCount().Within("what arrived"));
    }

    // A limit leaves the rest in the source, whatever the mechanism.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Positions), MemberType = typeof(PipeMatrix))]
    public async Task A_limit_takes_no_byte_too_many(EndKind source, EndKind destination, TransferMode mode, Call call)
    {
        const int First = 70_001;
        const int Rest = 40_000;
        using PipeRig rig = new(source, destination);
        Task<long> writer = rig.Feed(First + Rest);
        TransferOptions options = new() { Mode = mode, LimitBytes = First };
        TransferResult part = await Rig.Start(call, rig.Source, rig.Destination, options).Within("the first part");
        Routes.AssertMoved(part, First, Routes.Of(source, destination, mode), mode);
        Assert.Equal((TransferEnd.LimitReached, 0L), (part.EndedBy, part.LimitRemaining));
        options = options with { LimitBytes = Rest + 1 };
        TransferResult rest = await Rig.Start(call, rig.Source, rig.Destination, options).Within("the rest");
        Assert.Equal((Rest, TransferEnd.EndOfStream, 1L), (rest.BytesWritten, rest.EndedBy, rest.LimitRemaining));
        Assert.Equal(First + Rest, await rig.EndAndCount().Within("what arrived"));
        Assert.Equal(First + Rest, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Positions), MemberType = typeof(PipeMatrix))]
    public async Task A_prefix_goes_first(EndKind source, EndKind destination, TransferMode mode, Call call)
    {
        const int Prefix = 100_003; // More than a pipe holds.
        const int Bytes = 20_000;
        using PipeRig rig = new(source, destination);
        Task<long> writer = rig.Feed(Bytes, start: Prefix);
        TransferOptions options = new() { Mode = mode, Prefix = Pattern.Default.Slice(0, Prefix) };
        TransferResult result = await Rig.Start(call, rig.Source, rig.Destination, options).Within("the transfer");
        Assert.Equal((Prefix + Bytes, Bytes), (result.BytesWritten, result.BytesConsumed));
        Assert.InRange(result.BytesBuffered, Prefix, Prefix + Bytes);
        if (mode == TransferMode.RequireZeroCopy)
        {
            Assert.Equal((Prefix, Bytes), (result.BytesBuffered, result.BytesSpliced));
        }

        Assert.Equal(Prefix + Bytes, await rig.EndAndCount().Within("what arrived"));
        Assert.Equal(Bytes, await writer.Within("the writer"));
    }

    // A file, or any other stream, is read from where it stands.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-69")]
    public async Task From_a_file_into_a_pipe(Call call)
    {
        using TempFile file = new(Pattern.Default.Slice(0, 300).Span);
        await using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read);
        stream.ReadExactly(new byte[45]);
        using Pipe pipe = Pipe.Create();
        TransferResult result = await PipePeer.ReadFrom(call, pipe, stream).Within("the copier");
        Assert.Equal((255, 255), (result.BytesWritten, result.BytesConsumed));
        Assert.Equal(255, await PipePeer.Read(pipe, start: 45).Within("the reader"));
        Assert.Equal(300, stream.Position);
    }

    // What the socket sends comes back to it: into the pipe, out of the pipe. End of stream goes round as well.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, true)]
    [InlineData(Family.Tcp, false)]
    [InlineData(Family.Unix, true)]
    [InlineData(Family.Unix, false)]
    public async Task A_pipe_as_one_side_of_a_relay(Family family, bool isLeft)
    {
        using SocketPair pair = SocketPair.Connect(family);
        using Pipe pipe = Pipe.Create();
        (TransferEndpoint left, TransferEndpoint right) =
            isLeft ? ((TransferEndpoint)pipe, (TransferEndpoint)pair.Near) : (pair.Near, pipe);
        Task<RelayResult> relay = Relay.RunAsync(left, right).AsTask();
        Task<long> writer = Peer.Write(pair.Far, Many);
        Task<Received> reader = Peer.Read(pair.Far);
        RelayResult result = await relay.Within("the relay");
        await Peer.AssertAll(Many, writer, reader);
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Routes.AssertMoved(
            isLeft ? result.LeftToRight : result.RightToLeft, Many, Routes.Of(EndKind.Pipe, family.Kind()));
        Routes.AssertMoved(
            isLeft ? result.RightToLeft : result.LeftToRight, Many, Routes.Of(family.Kind(), EndKind.Pipe));
    }

    // Two relays, a pipe between two sockets each way: what a chain of filters is made of.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_chain_of_pipes(Family family, Call call)
    {
        using Rig rig = new(family, family);
        using Pipe first = Pipe.Create();
        using Pipe second = Pipe.Create(4096);
        using Pipe third = Pipe.Create(128 * 1024);
        Task<TransferResult>[] copiers =
        [
            PipePeer.ReadFrom(call, first, rig.Source),
            PipePeer.ReadFrom(call, second, first),
            PipePeer.ReadFrom(call, third, second),
            PipePeer.WriteTo(call, third, rig.Destination),
        ];
        Task<long> writer = Peer.Write(rig.Writer, Many, chunk: 9_999);
        Task<Received> reader = Peer.Read(rig.Reader);
        foreach (TransferResult result in await Task.WhenAll(copiers).Within("the copiers"))
        {
            Assert.Equal((Many, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        }

        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Many, writer, reader);
    }

    // A transfer leaves the pipe open, unlike ReadFrom.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task A_transfer_closes_no_pipe(Call call)
    {
        using Pipe source = Pipe.Create();
        using Pipe destination = Pipe.Create();
        source.Write("once"u8);
        source.CloseWrite();
        await Rig.Start(call, source, destination).Within("the transfer");
        destination.Write("more"u8);
        Assert.Equal("oncemore"u8.ToArray(), await PipePeer.ReadExactly(destination, 8).Within("the reader"));
        Assert.Equal(0, source.Read(new byte[1]));
    }
}
