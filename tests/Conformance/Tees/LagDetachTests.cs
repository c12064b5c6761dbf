// A target that does not keep up and may be left behind: the others go on, and it has a beginning without a gap.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

[Cases("X-08")]
public sealed class LagDetachTests
{
    private const int Page = 4096;

    /// <summary>More than a stalled socket and the pipe before it take.</summary>
    private const int Total = 2_000_003;

    private static readonly TeeOptions s_detach = new() { OnLag = TeeLag.Detach, CapacityBytes = 4 * Page };

    public static TheoryData<TargetKind, Way> Rows { get; } = new MatrixTheoryData<TargetKind, Way>(
        [TargetKind.OnePage, TargetKind.Pipe, TargetKind.Tcp, TargetKind.Unix, TargetKind.Stream],
        [Way.Read, Way.ReadAsync, Way.WriteTo, Way.CopyOnly, Way.RequireZeroCopy, Way.InLimits]);

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task The_main_flow_goes_on_and_the_target_has_the_beginning(TargetKind kind, Way way)
    {
        using Pipe pipe = Pipe.Create();
        using Target target = new(kind, bufferBytes: 32_768);
        Tee tee = pipe.Tee(target.Endpoint, s_detach);
        Task<long> writer = PipePeer.Write(pipe, Total);
        using MainFlow main = new(pipe, way);

        await main.AssertMoves(Total);

        Assert.Equal(Total, await writer.Within("the writer"));
        Assert.InRange(tee.BytesMirrored, 1, Total - 1);
        if (target.Pipe is not null)
        {
            Assert.Equal(tee.BytesMirrored, target.Pipe.Available);
        }

        target.Read();
        await AssertLagged(tee, target);
    }

    // The first one keeps up and gets everything, whatever happens beside it.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Way.Read)]
    [InlineData(Way.WriteToAsync)]
    [InlineData(Way.Mixed)]
    public async Task The_other_targets_lose_nothing(Way way)
    {
        using Pipe pipe = Pipe.Create();
        using Target whole = new(TargetKind.OnePage);
        using Target stalled = new(TargetKind.OnePage);
        using Target larger = new(TargetKind.Pipe);
        using Target file = new(TargetKind.File);
        Tee[] lagging = [pipe.Tee(stalled.Endpoint, s_detach), pipe.Tee(larger.Endpoint, s_detach)];
        Tee[] waiting = [pipe.Tee(whole.Endpoint), pipe.Tee(file.Endpoint)];
        whole.Read(chunk: 1000);
        Task<long> writer = PipePeer.Write(pipe, Total);
        using MainFlow main = new(pipe, way);

        await main.AssertMoves(Total);

        Assert.Equal(Total, await writer.Within("the writer"));
        TeeScenario.AssertWhole(await waiting[0].Completion.Within("a tee"), Total, isPipe: true);
        TeeScenario.AssertWhole(await waiting[1].Completion.Within("a tee"), Total, isPipe: false);
        await whole.AssertGot(Total);
        await file.AssertGot(Total);
        stalled.Read();
        larger.Read();
        await AssertLagged(lagging[0], stalled);
        await AssertLagged(lagging[1], larger);
    }

    // It is left behind when it holds somebody up and not because it could.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.OnePage)]
    [InlineData(TargetKind.Pipe)]
    public async Task A_target_that_keeps_up_is_not_detached(TargetKind kind)
    {
        const int Rounds = 50;
        using Pipe pipe = Pipe.Create();
        using Target target = new(kind);
        Tee tee = pipe.Tee(target.Endpoint, s_detach);
        byte[] buffer = new byte[Page];
        for (int i = 0; i < Rounds; i++)
        {
            pipe.Write(Pattern.Default.Slice(i * Page, Page).Span);
            Assert.Equal(Page, pipe.Read(buffer));
            Pattern.Default.AssertEqual(buffer, i * Page);
            await PipePeer.ReadExactly(target.Pipe!, Page, i * Page).Within("the target");
        }

        pipe.CloseWrite();
        Assert.Equal(0, pipe.Read(buffer));
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), Rounds * Page, isPipe: true);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_target_that_is_left_open_can_be_written_after_it_lagged()
    {
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create(Page);
        Tee tee = pipe.Tee(target, s_detach with { LeaveOpen = true });
        pipe.Write(Pattern.Default.Slice(0, 3 * Page).Span);
        await PipePeer.ReadExactly(pipe, 3 * Page).Within("the main reader");
        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal(TeeEnd.Lagged, result.EndedBy);
        await PipePeer.ReadExactly(target, (int)result.BytesMirrored).Within("the target");
        target.Write("more"u8);
        Assert.Equal(4, target.Available);
    }

    private static async Task AssertLagged(Tee tee, Target target)
    {
        TeeResult result = await tee.Completion.Within("the tee");
        Assert.Equal(TeeEnd.Lagged, result.EndedBy);
        Assert.Null(result.Exception);
        Assert.InRange(result.BytesTeed + result.BytesCopied, 1, Total - 1);
        if (target.Pipe is not null)
        {
            Assert.Equal(result.BytesTeed + result.BytesCopied, result.BytesMirrored);
        }
        else
        {
            // What it had not taken yet is dropped.
            Assert.InRange(result.BytesMirrored, 0, result.BytesTeed + result.BytesCopied);
        }

        await target.AssertGot(result.BytesMirrored, cut: true);
    }
}
