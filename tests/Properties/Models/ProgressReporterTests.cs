// However long the pool or the user takes over a report, one is under way at most, and nobody is woken meanwhile.
using System.Collections.Concurrent;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class ProgressReporterTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(10);

    [Fact]
    public void While_a_report_is_told_news_waits_for_its_end_and_then_gets_one_turn()
    {
        using SlowUser user = new();
        ProgressReporter reporter = new(user);
        Owner owner = new();
        reporter.TellEndTo(owner);
        FlowCounters counters = new() { Consumed = 1 };
        long nowMs = 1_000_000;
        reporter.Update(counters, nowMs);
        Assert.True(user.Began.Wait(s_longest));
        Assert.Equal(long.MaxValue, reporter.NextDueMs(counters)); // No news.

        for (int i = 2; i < 50; i++)
        {
            counters.Consumed = i;
            nowMs += 1000;
            reporter.Update(counters, nowMs);
            Assert.Equal(long.MaxValue, reporter.NextDueMs(counters));
        }

        Assert.Equal(0, owner.Posts);
        Assert.Single(user.Told);
        user.GoOn.Set();
        Assert.True(SpinWait.SpinUntil(() => owner.Posts > 0, s_longest), "nobody was told of the end");
        reporter.Update(counters, nowMs);
        Assert.True(SpinWait.SpinUntil(() => user.Told.Count == 2, s_longest), "the last news did not come");
        Assert.Equal([1, 49], user.Told);
        Assert.Equal(1, owner.Posts);
    }

    [Fact]
    public void Without_news_the_end_of_a_report_wakes_nobody()
    {
        using SlowUser user = new();
        user.GoOn.Set();
        ProgressReporter reporter = new(user);
        Owner owner = new();
        reporter.TellEndTo(owner);
        FlowCounters counters = new() { Consumed = 1 };
        reporter.Update(counters, 1000);
        Assert.Equal(long.MaxValue, reporter.NextDueMs(counters));
        Assert.True(SpinWait.SpinUntil(() => user.Told.Count == 1, s_longest), "the report did not come");
        Thread.Sleep(50);
        Assert.Equal(0, owner.Posts);
        AssertOver(reporter, new FlowCounters { Consumed = 2 });
    }

    [Fact]
    public void Whoever_is_no_longer_interested_is_not_posted()
    {
        using SlowUser user = new();
        ProgressReporter reporter = new(user);
        Owner owner = new();
        reporter.TellEndTo(owner);
        FlowCounters counters = new() { Consumed = 1 };
        reporter.Update(counters, 1000);
        Assert.True(user.Began.Wait(s_longest));
        counters.Consumed = 2;
        reporter.Update(counters, 2000);
        reporter.TellEndTo(null);
        user.GoOn.Set();
        reporter.Finish(counters);
        Assert.Equal([1, 2], user.Told);
        AssertOver(reporter, new FlowCounters { Consumed = 3 });
        Assert.Equal(0, owner.Posts);
    }

    private static void AssertOver(ProgressReporter reporter, FlowCounters news) => Assert.True(
        SpinWait.SpinUntil(() => reporter.NextDueMs(news) != long.MaxValue, s_longest), "under way for ever");

    private sealed class SlowUser : IProgress<TransferProgress>, IDisposable
    {
        internal ManualResetEventSlim Began { get; } = new();

        internal ManualResetEventSlim GoOn { get; } = new();

        internal ConcurrentQueue<long> Told { get; } = [];

        public void Report(TransferProgress value)
        {
            Told.Enqueue(value.BytesConsumed);
            Began.Set();
            Assert.True(GoOn.Wait(s_longest));
        }

        public void Dispose()
        {
            Began.Dispose();
            GoOn.Dispose();
        }
    }

    /// <summary>Counts how often it is asked to run; it never does.</summary>
    private sealed class Owner : LoopWork
    {
        private int _posts;

        internal int Posts => Volatile.Read(ref _posts);

        protected override void Enqueue() => _ = Interlocked.Increment(ref _posts);

        protected override bool Turn() => false;
    }
}
