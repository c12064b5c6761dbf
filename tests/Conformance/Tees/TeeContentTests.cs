// Whatever way the bytes of a teed pipe go, its targets get all of them, each once and in order.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

public sealed class TeeContentTests
{
    public static TheoryData<Way, TargetKind> WaysKinds { get; } = new MatrixTheoryData<Way, TargetKind>(
        Enum.GetValues<Way>(), Enum.GetValues<TargetKind>());

    public static TheoryData<Way> Ways { get; } = new(Enum.GetValues<Way>());

    [Fact(Timeout = Deadline.Ms)]
    [Cases("Z-01")]
    public async Task A_reader_of_each_pipe_gets_the_message()
    {
        using Pipe primary = Pipe.Create();
        using Pipe secondary = Pipe.Create();
        Tee tee = primary.Tee(secondary);
        primary.Write("hello world"u8);
        primary.CloseWrite();

        byte[] got = new byte[11];
        Task mirror = Deadline.OnThread(() => secondary.AsReadStream().ReadExactly(got));
        using MemoryStream main = new();
        await primary.AsReadStream().CopyToAsync(main).Within("the main reader");
        await mirror.Within("the other reader");

        Assert.Equal("hello world"u8, got);
        Assert.Equal("hello world"u8.ToArray(), main.ToArray());
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), 11, isPipe: true);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    [Cases("Z-02..Z-11")]
    public Task A_message_goes_down_a_chain_of_pipes(int length) => TeeScenario.Chain(length);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(WaysKinds))]
    [Cases("X-07", "B-06")]
    public async Task Both_get_every_byte(Way way, TargetKind kind)
    {
        TeeResult result = Assert.Single(await TeeScenario.Everybody_gets_everything(way, kind));
        if (way == Way.RequireZeroCopy)
        {
            Assert.Equal(result.BytesMirrored, result.BytesTeed);
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Ways))]
    [Cases("B-27")]
    public Task Three_targets_of_different_kinds_and_speeds_get_every_byte(Way way)
        => TeeScenario.Everybody_gets_everything(way, TargetKind.OnePage, TargetKind.Pipe, TargetKind.File);

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Way.Read)]
    [InlineData(Way.WriteTo)]
    [InlineData(Way.Mixed)]
    public Task Two_targets_of_every_kind_at_once(Way way)
    {
        TargetKind[] all = Enum.GetValues<TargetKind>();
        return TeeScenario.Everybody_gets_everything(way, [.. all, .. all]);
    }

    // One after the other they fall behind and catch up: who is ahead changes all the time.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Way.Read, 1)]
    [InlineData(Way.Read, 2)]
    [InlineData(Way.WriteToAsync, 3)]
    [InlineData(Way.WriteToAsync, 4)]
    [InlineData(Way.InLimits, 5)]
    [InlineData(Way.CopyOnly, 6)]
    public async Task Readers_with_different_pauses_get_every_byte(Way way, int seed)
    {
        const int Total = 200_003;
        using Pipe pipe = Pipe.Create();
        TargetKind[] kinds = [TargetKind.OnePage, TargetKind.Pipe, TargetKind.Pipe, TargetKind.OnePage];
        Target[] targets = [.. kinds.Select(kind => new Target(kind))];
        try
        {
            Tee[] tees = [.. targets.Select(target => pipe.Tee(target.Endpoint))];
            Task<long>[] readers = [.. targets.Select(
                (target, i) => Deadline.OnThread(() => ReadInFits(target.Pipe!, new Random((seed * 10) + i))))];
            Task<long> writer = PipePeer.Write(pipe, Total, seed);
            using MainFlow main = new(pipe, way);
            await main.AssertMoves(Total);
            await writer.Within("the writer");
            foreach (long count in await Task.WhenAll(readers).Within("the targets"))
            {
                Assert.Equal(Total, count);
            }

            foreach (Tee tee in tees)
            {
                TeeScenario.AssertWhole(await tee.Completion.Within("a tee"), Total, isPipe: true);
            }
        }
        finally
        {
            Array.ForEach(targets, target => target.Dispose());
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_stream_without_a_byte_ends_its_targets_too()
    {
        foreach (TargetKind kind in Enum.GetValues<TargetKind>())
        {
            TeeResult result = Assert.Single(await TeeScenario.Everybody_gets_everything(Way.Read, 0, kind));
            Assert.Equal(0, result.BytesMirrored);
        }
    }

    [Fact]
    public void What_was_mirrored_is_told_while_it_goes_on()
    {
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create();
        Tee tee = pipe.Tee(target);
        Assert.Equal(0, tee.BytesMirrored);
        pipe.Write("hello"u8);
        byte[] buffer = new byte[3];
        Assert.Equal(3, pipe.Read(buffer));
        Assert.InRange(tee.BytesMirrored, 3, 5);
        Assert.False(tee.Completion.IsCompleted);
        Assert.Equal(2, pipe.Read(buffer));
        Assert.Equal((5, 5), (tee.BytesMirrored, target.Available));
    }

    private static long ReadInFits(Pipe pipe, Random random)
    {
        byte[] buffer = new byte[20_000];
        long done = 0;
        while (true)
        {
            if (random.Next(4) == 0)
            {
                Thread.Sleep(random.Next(3));
            }

            int count = pipe.Read(buffer.AsSpan(0, random.Next(1, buffer.Length)));
            if (count == 0)
            {
                return done;
            }

            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), done);
            done += count;
        }
    }
}
