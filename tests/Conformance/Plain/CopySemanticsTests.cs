// What copying means: the same outcome between plain streams, between sockets, and between one and the other.
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Plain;

[Cases("X-09")]
public sealed class CopySemanticsTests
{
    /// <summary>Which ends are sockets.</summary>
    public enum Ends
    {
        Streams,
        Sockets,
        StreamToSocket,
        SocketToStream,
    }

    public static TheoryData<Ends, Call> All { get; } =
        new MatrixTheoryData<Ends, Call>(Enum.GetValues<Ends>(), Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-01", "IO-03", "IO-04", "IO-05")]
    public Task Copies_to_the_end(Ends ends, Call call)
        => Run(ends, call, ["hello, world."], limit: null, expected: "hello, world.", TransferEnd.EndOfStream);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-02")]
    public Task Copies_a_byte_at_a_time(Ends ends, Call call)
        => Run(ends, call, ["h", "e", "l", "l", "o", "!"], limit: null, expected: "hello!", TransferEnd.EndOfStream);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-06", "IO-10", "IO-11")]
    public Task Copies_no_more_than_the_limit(Ends ends, Call call)
        => Run(ends, call, ["hello, ", "world."], limit: 5, expected: "hello", TransferEnd.LimitReached);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-12", "IO-13")]
    public Task The_limit_may_be_all_there_is(Ends ends, Call call)
        => Run(ends, call, ["foo"], limit: 3, expected: "foo", TransferEnd.LimitReached);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-14", "IO-15")]
    public Task A_stream_shorter_than_the_limit_ends_it(Ends ends, Call call)
        => Run(ends, call, ["foo"], limit: 4, expected: "foo", TransferEnd.EndOfStream);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-16", "IO-17")]
    public Task An_error_behind_the_limit_is_not_seen(Ends ends, Call call)
        => Run(ends, call, ["test1"], limit: 5, expected: "test1", TransferEnd.LimitReached, fails: true);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    public async Task An_error_behind_the_data_is_thrown_after_the_data(Ends ends, Call call)
    {
        using TwoEnds two = new(ends, ["test1"], sourceFails: true);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => two.Start(call));

        Assert.Equal(TransferSide.Source, thrown.Side);
        Assert.Equal((5, 5), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
        Assert.Equal(TransferEnd.SourceFailed, thrown.Progress.EndedBy);
        Assert.Equal("test1", Encoding.ASCII.GetString(await two.Finish()));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-09")]
    public async Task The_error_of_the_write_wins_over_the_error_of_the_read(Ends ends, Call call)
    {
        using TwoEnds two = new(ends, ["1"], sourceFails: true, destinationFails: true);

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => two.Start(call, new TransferOptions { KeepUndelivered = true }));

        Assert.Equal(TransferSide.Destination, thrown.Side);
        Assert.Equal(TransferEnd.DestinationFailed, thrown.Progress.EndedBy);
        Assert.Equal((1, 0), (thrown.Progress.BytesConsumed, thrown.Progress.BytesWritten));
        Assert.Equal("1", Encoding.ASCII.GetString(thrown.Undelivered.Span));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(All))]
    [Cases("IO-07", "X-13", "B-23")]
    public async Task A_limit_of_0_takes_nothing(Ends ends, Call call)
    {
        using TwoEnds two = new(ends, ["hello"]);

        TransferResult result = await two.Start(call, new TransferOptions { LimitBytes = 0 });

        Assert.Equal((0, 0, 0), (result.BytesConsumed, result.BytesWritten, result.LimitRemaining));
        Assert.Equal(TransferEnd.LimitReached, result.EndedBy);
        result = await two.Start(call);
        Assert.Equal(5, result.BytesWritten);
        Assert.Equal("hello", Encoding.ASCII.GetString(await two.Finish()));
    }

    [Fact]
    [Cases("IO-07", "X-13", "B-23")]
    public void A_negative_limit_is_refused_before_anything_is_called()
    {
        ArgumentOutOfRangeException thrown = Assert.Throws<ArgumentOutOfRangeException>(
            () => new TransferOptions { LimitBytes = -1 });

        Assert.Equal(nameof(TransferOptions.LimitBytes), thrown.ParamName);
        Assert.Equal(-1L, thrown.ActualValue);
    }

    private static async Task Run(
        Ends ends, Call call, string[] pieces, long? limit, string expected, TransferEnd endedBy, bool fails = false)
    {
        using TwoEnds two = new(ends, pieces, sourceFails: fails);

        TransferResult result = await two.Start(call, new TransferOptions { LimitBytes = limit });

        Assert.Equal(expected.Length, result.BytesWritten);
        Assert.Equal(expected.Length, result.BytesConsumed);
        Assert.Equal(limit - expected.Length, result.LimitRemaining);
        Assert.Equal(endedBy, result.EndedBy);
        Assert.Equal(
            ends == Ends.Sockets ? Matrix.Here(TransferMechanism.SpliceThroughPipe) : TransferMechanism.ReadWrite,
            result.Mechanism);
        Assert.Equal(expected, Encoding.ASCII.GetString(await two.Finish()));
    }
}
