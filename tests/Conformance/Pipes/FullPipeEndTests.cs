// The source ends when the pipe is just full: nothing is left to move, so nobody has to make room.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

[Cases("B-02")]
public sealed class FullPipeEndTests
{
    private const int Page = 4096;

    public static TheoryData<TransferMode, Call, bool> Rows { get; } = new(
        from mode in Matrix.Modes
        from call in Enum.GetValues<Call>()
        from endsLater in (bool[])[false, true]
        select new TheoryDataRow<TransferMode, Call, bool>(mode, call, endsLater));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Of_a_pipe_that_fills_another(TransferMode mode, Call call, bool endsLater)
    {
        using Pipe source = Pipe.Create();
        using Pipe destination = Pipe.Create();
        int size = PipePeer.Fill(source);
        await AssertEnds(source, destination, size, mode, call, endsLater, source.CloseWrite);
    }

    // One segment takes a page, and there is no other.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Of_a_tcp_socket_that_fills_a_page(TransferMode mode, Call call, bool endsLater)
    {
        using SocketPair pair = SocketPair.Tcp();
        using Pipe destination = Pipe.Create(Page);
        pair.Far.Send(Pattern.Default.Slice(0, Page).Span);
        await AssertEnds(
            pair.Near, destination, Page, mode, call, endsLater, () => pair.Far.Shutdown(SocketShutdown.Send));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task Of_a_unix_socket_with_a_byte_that_takes_a_page(TransferMode mode, Call call, bool endsLater)
    {
        using SocketPair pair = SocketPair.Unix();
        using Pipe destination = Pipe.Create(Page);
        pair.Far.Send(Pattern.Default.Slice(0, 1).Span);
        await AssertEnds(
            pair.Near, destination, 1, mode, call, endsLater, () => pair.Far.Shutdown(SocketShutdown.Send));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    public async Task Of_a_stream_that_fills_a_pipe(Call call)
    {
        using Pipe pipe = Pipe.Create();
        using MemoryStream source = new(Pattern.Default.Bytes(0, pipe.Capacity));
        TransferResult result = await PipePeer.ReadFrom(call, pipe, source).Within("the copier", PipePeer.PromptMs);
        Assert.Equal((source.Length, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal(source.Length, await PipePeer.Read(pipe).Within("the reader"));
    }

    private static async Task AssertEnds(
        TransferEndpoint source,
        Pipe destination,
        int bytes,
        TransferMode mode,
        Call call,
        bool endsLater,
        Action end)
    {
        if (!endsLater)
        {
            end();
        }

        Task<TransferResult> transfer = Rig.Start(call, source, destination, new TransferOptions { Mode = mode });
        if (endsLater)
        {
            await PipePeer.AssertWaits(transfer, "the transfer");
            end();
        }

        TransferResult result = await transfer.Within("the transfer", PipePeer.PromptMs);
        Assert.Equal((bytes, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        destination.CloseWrite();
        Assert.Equal(bytes, await PipePeer.Read(destination).Within("the reader"));
    }
}
