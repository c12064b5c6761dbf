// The prefix goes first, whole, and counts against nothing.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class PrefixTests
{
    private const int Mib = 1 << 20;

    public static TheoryData<int, TransferMode, Call> Lengths { get; } = new MatrixTheoryData<int, TransferMode, Call>(
        [0, 1, 1000, 70_000, 5 * Mib], Matrix.Modes, Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Lengths))]
    public async Task A_prefix_is_sent_before_the_source_to_a_slow_reader(int length, TransferMode mode, Call call)
    {
        const int Body = 300_000;
        using Rig rig = new(Family.Tcp, Family.Tcp, bufferBytes: 64 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Body, start: length);
        TransferOptions options = new() { Mode = mode, Prefix = Pattern.Default.Bytes(0, length) };
        Task<TransferResult> transfer = rig.Start(call, options);
        Task<Received> reader = Peer.Read(rig.Reader, chunk: 256 * 1024, pauseMs: 2);

        TransferResult result = await transfer.Within("the transfer");

        ResultAssert.Moved(result, Body, mode, prefix: length);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(Body, await writer.Within("the writer"));
        Assert.Equal(new Received(length + Body, SocketError.Success), await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task A_prefix_does_not_wait_for_the_source_and_does_not_count_against_the_limit(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        TransferOptions options = new() { Mode = mode, Prefix = "prefix:"u8.ToArray(), LimitBytes = 5 };
        Task<TransferResult> transfer = rig.Start(call, options);

        Assert.Equal("prefix:"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 7).Within("the prefix", 1000));
        Assert.False(transfer.IsCompleted);
        rig.Writer.Send("hello, world"u8);

        TransferResult result = await transfer.Within("the transfer", 1000);
        ResultAssert.Moved(result, 5, mode, prefix: 7);
        Assert.Equal((0, TransferEnd.LimitReached), (result.LimitRemaining, result.EndedBy));
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the limited rest"));
        Assert.Equal(", world"u8.ToArray(), await Peer.ReadExactly(rig.Source, 7).Within("what is left"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    [Cases("F-87")]
    public async Task A_limit_of_0_sends_the_prefix_and_reads_nothing(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        rig.Writer.Send("stays"u8);
        TransferResult result = await rig.Start(
            call, new TransferOptions { Mode = mode, Prefix = "prefix:"u8.ToArray(), LimitBytes = 0 })
            .Within("the transfer");
        Assert.Equal((7, 0, TransferEnd.LimitReached), (result.BytesWritten, result.BytesConsumed, result.EndedBy));
        Assert.Equal("prefix:"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 7).Within("the prefix"));
        Assert.Equal("stays"u8.ToArray(), await Peer.ReadExactly(rig.Source, 5).Within("what is left"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_prefix_is_taken_by_reference(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        byte[] buffer = [1, 2, 3, 4, 5, 6];
        rig.Writer.Shutdown(SocketShutdown.Send);

        TransferResult result = await rig.Start(call, new TransferOptions { Prefix = buffer.AsMemory(2, 3) })
            .Within("the transfer");

        ResultAssert.Moved(result, 0, TransferMode.Auto, prefix: 3);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal([3, 4, 5], await Peer.ReadAll(rig.Reader).Within("the reader"));
    }
}
