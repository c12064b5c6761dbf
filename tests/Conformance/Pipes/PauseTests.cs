// Messages with pauses in between: whoever returns after the first one, or waits for the wrong end, is found here.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class PauseTests
{
    private const int PauseMs = 25;

    /// <summary>When the pipe is read.</summary>
    public enum Reader
    {
        /// <summary>All the time: the pipe is empty when a message comes.</summary>
        Eager,

        /// <summary>Not before everything is in the pipe.</summary>
        Absent,

        /// <summary>After the last message has been sent.</summary>
        Late,
    }

    public static TheoryData<Family, Reader, int, Call> FromSockets { get; } = new(
        from family in Enum.GetValues<Family>()
        from row in ((Reader, int)[])
            [(Reader.Eager, 5), (Reader.Eager, 30_000), (Reader.Absent, 5), (Reader.Late, 5), (Reader.Late, 30_000)]
        from call in Enum.GetValues<Call>()
        select new TheoryDataRow<Family, Reader, int, Call>(family, row.Item1, row.Item2, call));

    public static TheoryData<EndKind, Call> Destinations { get; } = new(
        from destination in Enum.GetValues<EndKind>()
        from call in Enum.GetValues<Call>()
        select new TheoryDataRow<EndKind, Call>(destination, call));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(FromSockets))]
    [Cases("X-02", "B-03", "B-04")]
    public async Task Three_pauses_into_a_pipe(Family family, Reader kind, int bytes, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using SocketPair pair = SocketPair.Connect(family);
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        Task<long>? reader = kind == Reader.Eager ? PipePeer.Read(pipe) : null;
        Task<long> writer = Peer.Write(pair.Far, 4 * bytes, bytes, PauseMs);
        if (kind == Reader.Late)
        {
            Assert.Equal(4 * bytes, await writer.Within("the writer"));
            await Task.Delay(PauseMs);
        }
        else if (kind == Reader.Absent)
        {
            await copier.Within("the copier");
        }

        reader ??= PipePeer.Read(pipe);
        Assert.Equal(4 * bytes, await reader.Within("the reader"));
        Routes.AssertMoved(
            await copier.Within("the copier"), 4 * bytes, Routes.Of(family.Kind(), EndKind.Pipe));
        Assert.Equal(4 * bytes, await writer.Within("the writer"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Destinations))]
    [Cases("X-01", "B-01", "B-12")]
    public async Task Three_pauses_out_of_a_pipe(EndKind destination, Call call)
    {
        using PipeRig rig = new(EndKind.Pipe, destination);
        Task<TransferResult> copier = PipePeer.WriteTo(call, rig.SourcePipe, rig.Destination);
        Task<long> writer = PipePeer.Write(rig.SourcePipe, 20, chunk: 5, PauseMs);
        TransferResult result = await copier.Within("the copier");
        Routes.AssertMoved(result, 20, Routes.Of(EndKind.Pipe, destination));
        Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
        Assert.Equal(20, await rig.EndAndCount().Within("the reader"));
        Assert.Equal(20, await writer.Within("the writer"));
    }

    // Each message has to be there before the next one is sent: nothing is kept back.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_message_does_not_wait_for_the_next(Family family, Call call)
    {
        using Pipe pipe = Pipe.Create();
        using Rig rig = new(family, family);
        Task<TransferResult> fill = PipePeer.ReadFrom(call, pipe, rig.Source);
        Task<TransferResult> drain = PipePeer.WriteTo(call, pipe, rig.Destination);
        for (int i = 0; i < 50; i++)
        {
            rig.Writer.Send(Pattern.Default.Slice(i * 11, 11).Span);
            Pattern.Default.AssertEqual(await Peer.ReadExactly(rig.Reader, 11).Within("a message", 5000), i * 11);
        }

        rig.Writer.Shutdown(SocketShutdown.Send);
        Assert.Equal(550, (await fill.Within("the first copier")).BytesWritten);
        Assert.Equal(550, (await drain.Within("the second copier")).BytesWritten);
    }
}
