// TCP's urgent byte in front of a pipe and of a file: stepped over, and nothing behind it is lost.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class PipeUrgentTests
{
    private const int Part = 300_000;
    private const int Last = 20_000;

    public static TheoryData<EndKind, TransferMode, Call> Rows { get; } = new(
        from destination in (EndKind[])[EndKind.Pipe, EndKind.File]
        from mode in (TransferMode[])[TransferMode.Auto, TransferMode.CopyOnly]
        from call in Enum.GetValues<Call>()
        select new TheoryDataRow<EndKind, TransferMode, Call>(destination, mode, call));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Bytes_on_both_sides_of_it_arrive(EndKind destination, TransferMode mode, Call call)
    {
        using PipeRig rig = new(EndKind.Tcp, destination);
        Task<TransferResult> transfer = Rig.Start(
            call, rig.Source, rig.Destination, new TransferOptions { Mode = mode });
        Task<long> writer = Deadline.OnThread(() => WriteAround(rig.Feeder));
        Routes.AssertMoved(
            await transfer.Within("the transfer"), Part + Last, Routes.Of(EndKind.Tcp, destination, mode), mode);
        Assert.Equal(Part + Last, await rig.EndAndCount().Within("what arrived"));
        await writer.Within("the writer");
    }

    // The pipe is full when the mark comes, so splice has two reasons to say that it would block.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("B-02")]
    public async Task Behind_a_full_pipe(Call call)
    {
        using SocketPair pair = SocketPair.Tcp();
        using Pipe pipe = Pipe.Create();
        pair.Near.ReceiveBufferSize = 4 * Part;
        Task<TransferResult> copier = PipePeer.ReadFrom(call, pipe, pair.Near);
        Task<long> writer = Deadline.OnThread(() => WriteAround(pair.Far));
        await PipePeer.AssertWaits(copier, "the copier");
        Assert.Equal(Part + Last, await PipePeer.Read(pipe, chunk: 5000).Within("the reader"));
        Assert.Equal(Part + Last, (await copier.Within("the copier")).BytesWritten);
        await writer.Within("the writer");
    }

    private static long WriteAround(Socket socket)
    {
        long sent = Peer.Write(socket, Part, finish: false).GetAwaiter().GetResult();
        socket.Send("!"u8, SocketFlags.OutOfBand);
        return sent + Peer.Write(socket, Last, start: Part).GetAwaiter().GetResult();
    }
}
