// A target that waits holds up everybody, loses nothing, and costs nothing while it does.
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

[Cases("X-08")]
public sealed class LagWaitTests
{
    private const int Page = 4096;

    /// <summary>More than a stalled socket and the pipe before it take.</summary>
    private const int Total = 2_000_003;

    private static readonly TeeOptions s_small = new() { CapacityBytes = 4 * Page };

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TargetKind.OnePage)]
    [InlineData(TargetKind.Pipe)]
    [InlineData(TargetKind.Tcp)]
    [InlineData(TargetKind.Unix)]
    [InlineData(TargetKind.Stream)]
    [InlineData(TargetKind.ForeignPipe)]
    [Cases("B-18")]
    public async Task Nothing_leaves_before_the_target_has_it_and_nobody_spins(TargetKind kind)
    {
        Way[] ways = [Way.Read, Way.ReadAsync, Way.WriteTo, Way.WriteToAsync, Way.CopyOnly, Way.RequireZeroCopy];
        List<Stalled> all = [.. ways.Where(MainFlow.IsPossible).Select(way => new Stalled(kind, way))];
        try
        {
            await Task.WhenAll(all.Select(stalled => stalled.Rest()));
            await CpuMeter.AssertParked($"with a stalled {kind}");
            foreach (Stalled stalled in all)
            {
                if (stalled.Target.Pipe is not null)
                {
                    Assert.Equal(stalled.Held, stalled.Tee.BytesMirrored);
                }

                Assert.InRange(stalled.Main.Count, 0, stalled.Tee.BytesMirrored);
                Assert.False(stalled.Running.IsCompleted || stalled.Tee.Completion.IsCompleted);
                stalled.Target.Read();
                Assert.Equal(Total, await stalled.Running.Within($"the main flow, {stalled.Way}"));
                Assert.Equal(Total, await stalled.Writer.Within("the writer"));
                TeeScenario.AssertWhole(
                    await stalled.Tee.Completion.Within("the tee"), Total, stalled.Target.Pipe is not null);
                await stalled.Target.AssertGot(Total);
            }
        }
        finally
        {
            all.ForEach(stalled => stalled.Dispose());
        }
    }

    // tee(2) copies what fits: what is consumed is exactly that.
    [Fact(Timeout = Deadline.Ms)]
    [Cases("B-15")]
    public async Task With_one_page_free_a_read_gets_one_page()
    {
        const int Filled = 15;
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create();
        for (int i = 0; i < Filled; i++)
        {
            target.Write(new byte[Page]);
        }

        Tee tee = pipe.Tee(target);
        pipe.Write(Pattern.Default.Slice(0, 3 * Page).Span);
        pipe.CloseWrite();

        byte[] buffer = new byte[3 * Page];
        Assert.Equal(Page, await pipe.ReadAsync(buffer).Within("the first read"));
        Pattern.Default.AssertEqual(buffer.AsSpan(0, Page));
        Assert.Equal((Page, 2 * Page), (tee.BytesMirrored, pipe.Available));
        Task<int> second = pipe.ReadAsync(buffer).AsTask();
        await Task.Delay(30);
        Assert.False(second.IsCompleted, "a byte left that the target has not got");

        await Deadline.OnThread(() => target.AsReadStream().ReadExactly(new byte[Filled * Page])).Within("the filling");
        int count = await second.Within("the second read");
        Pattern.Default.AssertEqual(buffer.AsSpan(0, count), Page);
        Task<long> mirror = PipePeer.ReadAll(target);
        Assert.Equal((2 * Page) - count, await PipePeer.ReadAll(pipe, Page + count).Within("the rest"));
        Assert.Equal(3 * Page, await mirror.Within("the target"));
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), 3 * Page, isPipe: true);
    }

    // In Go the second wait tees again what it teed before the first.
    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync, true)]
    [InlineData(Call.Sync, false)]
    [InlineData(Call.Async, true)]
    [InlineData(Call.Async, false)]
    [Cases("B-16", "B-18")]
    public async Task Waiting_for_both_ends_in_turn_repeats_nothing(Call call, bool targetFirst)
    {
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create(Page);
        pipe.Tee(target);
        StringBuilder written = new();
        StringBuilder main = new();
        StringBuilder mirror = new();
        byte[] buffer = new byte[100];
        pipe.Write("start;"u8);
        written.Append("start;");
        main.Append(Encoding.ASCII.GetString(buffer, 0, await Read(call, pipe, buffer).Within("the start")));

        // From here on the target's only slot is taken and the pipe is empty: the read waits for two things.
        for (int i = 0; i < 20; i++)
        {
            Task<int> read = Read(call, pipe, buffer);
            await Task.Delay(i % 3);
            string piece = $"piece {i};";
            written.Append(piece);
            if (targetFirst)
            {
                mirror.Append(TakeAll(target));
                await Task.Delay(i % 2);
                Assert.False(read.IsCompleted, "there is nothing to read");
                pipe.Write(Encoding.ASCII.GetBytes(piece));
            }
            else
            {
                pipe.Write(Encoding.ASCII.GetBytes(piece));
                await Task.Delay(i % 2);
                Assert.False(read.IsCompleted, "the target is full");
                mirror.Append(TakeAll(target));
            }

            main.Append(Encoding.ASCII.GetString(buffer, 0, await read.Within($"read {i}")));
        }

        mirror.Append(TakeAll(target));
        Assert.Equal(written.ToString(), main.ToString());
        Assert.Equal(written.ToString(), mirror.ToString());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_read_that_is_canceled_while_the_target_is_full_loses_and_repeats_nothing()
    {
        const int Count = 10 * Page;
        using Pipe pipe = Pipe.Create();
        using Pipe target = Pipe.Create(Page);
        Tee tee = pipe.Tee(target);
        Task<long> writer = PipePeer.Write(pipe, Count);
        byte[] buffer = new byte[2 * Page];
        int done = await pipe.ReadAsync(buffer).Within("the first read");
        Pattern.Default.AssertEqual(buffer.AsSpan(0, done));
        for (int i = 0; i < 10; i++)
        {
            using CancellationTokenSource cancel = new(i);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => pipe.ReadAsync(buffer, cancel.Token).Within("the cancel", 1000));
            using CancellationTokenSource second = new(i);
            await Assert.ThrowsAsync<TransferCanceledException>(
                () => pipe.WriteToAsync(Stream.Null, second.Token).Within("the cancel", 1000));
        }

        Task<long> mirror = PipePeer.ReadAll(target);
        Assert.Equal(Count - done, await PipePeer.ReadAll(pipe, done).Within("the rest"));
        Assert.Equal(Count, await mirror.Within("the target"));
        Assert.Equal(Count, await writer.Within("the writer"));
        TeeScenario.AssertWhole(await tee.Completion.Within("the tee"), Count, isPipe: true);
    }

    private static Task<int> Read(Call call, Pipe pipe, byte[] buffer)
        => call == Call.Async ? pipe.ReadAsync(buffer).AsTask() : Deadline.OnThread(() => pipe.Read(buffer));

    private static string TakeAll(Pipe pipe)
    {
        byte[] bytes = new byte[pipe.Available];
        pipe.AsReadStream().ReadExactly(bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    private sealed class Stalled : IDisposable
    {
        private readonly Pipe _pipe = Pipe.Create();

        internal Stalled(TargetKind kind, Way way)
        {
            Way = way;
            Target = new Target(kind, bufferBytes: 32_768);
            Tee = _pipe.Tee(Target.Endpoint, s_small);
            Main = new MainFlow(_pipe, way);
            Writer = PipePeer.Write(_pipe, Total);
            Running = Main.Start();
        }

        internal Way Way { get; }

        internal Target Target { get; }

        internal Tee Tee { get; }

        internal MainFlow Main { get; }

        internal Task<long> Writer { get; }

        internal Task<long> Running { get; }

        /// <summary>What the target had got when it came to rest. A socket's window may still open a little.</summary>
        internal long Held { get; private set; }

        internal async Task Rest()
        {
            Held = await PipePeer.AtRest($"the tee, {Way}", () => Tee.BytesMirrored);
            Assert.InRange(Main.Count, 0, Held);
        }

        public void Dispose()
        {
            _pipe.Dispose();
            Target.Dispose();
            Main.Dispose();
        }
    }
}
