// Posts from many threads: a turn after the last post, and never two turns at once.
using System.Collections.Concurrent;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class LoopWorkTests
{
    [Fact]
    public async Task Work_runs_after_its_last_post_and_never_twice_at_once()
    {
        const int Rounds = 300;
        const int Posters = 3;
        using Queue queue = new();
        for (int round = 0; round < Rounds; round++)
        {
            Counter work = new(queue);
            Task[] posters = [.. Enumerable.Range(0, Posters).Select(_ => Task.Run(() =>
            {
                for (int i = 0; i < 50; i++)
                {
                    _ = Interlocked.Increment(ref work.Posted);
                    work.Post();
                }
            }))];
            await Task.WhenAll(posters).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.True(
                SpinWait.SpinUntil(() => Volatile.Read(ref work.Seen) == Posters * 50, TimeSpan.FromSeconds(10)),
                $"saw {work.Seen} of {Posters * 50} posts in {work.Turns} turns");
            Assert.False(work.RanTwiceAtOnce);
            Assert.InRange(work.Turns, 1, Posters * 50);
        }
    }

    [Fact]
    public void A_post_during_the_turn_gives_another_turn_and_no_more()
    {
        List<LoopWork> queued = [];
        Reposter work = new(queued);
        work.Post();
        work.Post();
        Assert.Single(queued);
        for (int turn = 1; turn <= 3; turn++)
        {
            LoopWork next = Assert.Single(queued);
            queued.Clear();
            next.Run();
            Assert.Equal(turn, work.Turns);
        }

        Assert.Empty(queued);
        Assert.Equal(1, work.Completions);
    }

    private sealed class Counter(Queue queue) : LoopWork
    {
        internal int Posted;
        internal int Seen;
        private int _running;

        internal int Turns { get; private set; }

        internal bool RanTwiceAtOnce { get; private set; }

        protected override void Enqueue() => queue.Add(this);

        protected override bool Turn()
        {
            RanTwiceAtOnce |= Interlocked.Exchange(ref _running, 1) == 1;
            Turns++;
            Volatile.Write(ref Seen, Volatile.Read(ref Posted));
            Volatile.Write(ref _running, 0);
            return false;
        }
    }

    private sealed class Reposter(List<LoopWork> queue) : LoopWork
    {
        internal int Turns { get; private set; }

        internal int Completions { get; private set; }

        protected override void Enqueue() => queue.Add(this);

        protected override bool Turn()
        {
            Turns++;
            if (Turns < 3)
            {
                Post();
                Post();
            }

            return Turns == 3;
        }

        protected override void Completed() => Completions++;
    }

    /// <summary>A home with two threads, so that turns at once would show.</summary>
    private sealed class Queue : IDisposable
    {
        private readonly BlockingCollection<LoopWork> _work = [];
        private readonly Thread[] _threads;

        internal Queue()
        {
            _threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(Main) { IsBackground = true })];
            foreach (Thread thread in _threads)
            {
                thread.Start();
            }
        }

        public void Dispose()
        {
            _work.CompleteAdding();
            foreach (Thread thread in _threads)
            {
                Assert.True(thread.Join(TimeSpan.FromSeconds(10)));
            }

            _work.Dispose();
        }

        internal void Add(LoopWork work) => _work.Add(work);

        private void Main()
        {
            foreach (LoopWork work in _work.GetConsumingEnumerable())
            {
                work.Run();
            }
        }
    }
}
