// A limit is exact: not one byte more leaves the source, whatever else goes on.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

[Cases("X-13")]
public sealed class LimitTests
{
    private const int Queued = 200_000;

    public static TheoryData<long, TransferMode, Call> Limits { get; } = new MatrixTheoryData<long, TransferMode, Call>(
        [1, 4095, 65_536, 65_537, Queued - 1, Queued, Queued + 1, long.MaxValue],
        Matrix.Modes,
        Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Limits))]
    [Cases("B-08", "B-09")]
    public async Task Every_limit_is_exact(long limit, TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, Queued);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await rig.Start(call, new TransferOptions { Mode = mode, LimitBytes = limit })
            .Within("the transfer");

        long moved = Math.Min(limit, Queued);
        ResultAssert.Moved(result, moved, mode);
        Assert.Equal(limit - moved, result.LimitRemaining);
        Assert.Equal(moved == limit ? TransferEnd.LimitReached : TransferEnd.EndOfStream, result.EndedBy);
        Task<Received> rest = Peer.Read(rig.Source, start: moved);
        Assert.Equal(new Received(Queued - moved, SocketError.Success), await rest.Within("the rest"));
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(Queued, await writer.Within("the writer"));
        Assert.Equal(new Received(moved, SocketError.Success), await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    [Cases("B-23")]
    public async Task A_limit_of_0_touches_nothing(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("hello"u8);
        TransferOptions options = new() { Mode = mode, LimitBytes = 0 };

        TransferResult result = await rig.Start(call, options).Within("the transfer", 500);

        ResultAssert.Moved(result, 0, mode);
        Assert.Equal((0, TransferEnd.LimitReached), (result.LimitRemaining, result.EndedBy));
        byte[] left = new byte[8];
        Assert.Equal(5, rig.Source.Receive(left));
        Assert.False(rig.Reader.Poll(0, SelectMode.SelectRead), "something was written");
    }

    // What a transfer that was cancelled at its limit has handed back goes out as the next one's prefix.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task A_limit_of_0_sends_the_prefix_and_takes_nothing(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("hello"u8);
        TransferOptions options = new() { Mode = mode, LimitBytes = 0, Prefix = "prefix"u8.ToArray() };

        TransferResult result = await rig.Start(call, options).Within("the transfer", 500);

        Assert.Equal((0, 6, 6), (result.BytesConsumed, result.BytesWritten, result.BytesBuffered));
        Assert.Equal((0, TransferEnd.LimitReached), (result.LimitRemaining, result.EndedBy));
        Assert.Equal("prefix"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 6).Within("the prefix"));
        byte[] left = new byte[8];
        Assert.Equal(5, rig.Source.Receive(left));
        Assert.False(rig.Reader.Poll(0, SelectMode.SelectRead), "more was written");
    }

    // Nothing else needs to come: a limit that is reached does not wait for an end of stream.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task A_reached_limit_returns_while_the_stream_stays_open(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode, LimitBytes = 7 });
        rig.Writer.Send("hello"u8);
        await Peer.ReadExactly(rig.Reader, 5).Within("the first bytes");
        rig.Writer.Send("world"u8);

        ResultAssert.Moved(await transfer.Within("the transfer", 500), 7, mode);
        Assert.Equal("wo"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 2).Within("two more"));
        Assert.Equal("rld"u8.ToArray(), await Peer.ReadExactly(rig.Source, 3).Within("what is left"));
    }

    // Limits do not nest here; one message after another is one limited transfer after another.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    [Cases("B-24", "IO-10", "IO-11")]
    public async Task A_stream_can_be_cut_into_messages_by_limits(TransferMode mode, Call call)
    {
        int[] lengths = [1, 70_000, 3, 262_144, 65_536, 9, 100_000];
        using Rig rig = new(Family.Unix, Family.Tcp);
        Task<long> writer = Peer.Write(rig.Writer, lengths.Sum(), chunk: 10_000);
        Task<Received> reader = Peer.Read(rig.Reader);
        foreach (int length in lengths)
        {
            TransferResult result = await rig.Start(call, new TransferOptions { Mode = mode, LimitBytes = length })
                .Within("a message");
            ResultAssert.Moved(result, length, mode);
            Assert.Equal((0, TransferEnd.LimitReached), (result.LimitRemaining, result.EndedBy));
        }

        TransferResult end = await rig.Start(call, new TransferOptions { Mode = mode, LimitBytes = 1 })
            .Within("the end");
        Assert.Equal((1, TransferEnd.EndOfStream), (end.LimitRemaining, end.EndedBy));
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(lengths.Sum(), writer, reader);
    }
}
