// Posts from many threads: a turn that sees what came before the last post, and never two turns at once.
using System.Collections.Concurrent;
using System.Diagnostics;
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

    /// <summary>The litmus test called store buffering. One thread begins a turn while the other leaves an edge and
    /// posts; each writes one place and reads the other's. Plain writes and reads, so the only barriers are those of
    /// the class itself: without either of them an edge is left lying within milliseconds, on x86-64 too.</summary>
    [Fact]
    public void A_turn_that_begins_sees_the_edge_or_the_post_sees_that_it_runs()
    {
        const int RoundsMax = 1_000_000;
        Assert.SkipWhen(Environment.ProcessorCount < 2, "one processor does not reorder for itself");
        Litmus litmus = new();
        Thread poster = new(() => litmus.Post(RoundsMax)) { IsBackground = true };
        poster.Start();
        int rounds = litmus.Run(RoundsMax);

        Assert.True(poster.Join(TimeSpan.FromSeconds(10)));
        Assert.True(litmus.Lost == 0, $"{litmus.Lost} of {rounds} edges were forgotten");
        Assert.InRange(litmus.Taken, rounds, rounds);
    }

    /// <summary>Two threads that meet before and after each round.</summary>
    private sealed class Litmus : LoopWork
    {
        // A second, and on a busy machine, where the two seldom run at once, as long as enough rounds take.
        private const int LeastMs = 1000;
        private const int LongestMs = 10_000;
        private const int RoundsMin = 20_000;

        private readonly Meeting _start = new();
        private readonly Meeting _end = new();
        private int _edges;
        private bool _isQueued;
        private bool _isOver;

        internal int Lost { get; private set; }

        internal int Taken { get; private set; }

        /// <summary>The thread that leaves the edges.</summary>
        internal void Post(int rounds)
        {
            for (int round = 1; round <= rounds; round++)
            {
                _start.Meet(0, round);
                if (_isOver)
                {
                    return;
                }

                Thread.SpinWait(round & 15); // A little earlier, a little later.
                Volatile.Write(ref _edges, 1);
                Post();
                _end.Meet(0, round);
            }
        }

        /// <summary>The home.</summary>
        internal int Run(int roundsMax)
        {
            Stopwatch clock = Stopwatch.StartNew();
            for (int round = 1; round <= roundsMax; round++)
            {
                _isOver = Lost > 0 || clock.ElapsedMilliseconds > (round > RoundsMin ? LeastMs : LongestMs);
                Post();
                Assert.True(_isQueued);
                _isQueued = false;
                _start.Meet(1, round);
                if (_isOver)
                {
                    return round - 1;
                }

                Thread.SpinWait((round >> 4) & 15);
                Run();
                _end.Meet(1, round);
                if (_isQueued)
                {
                    _isQueued = false;
                    Run();
                }

                if (_edges != 0)
                {
                    _edges = 0;
                    Lost++;
                }
            }

            return roundsMax;
        }

        protected override void Enqueue() => _isQueued = true;

        // As the ends of a flow do: looked at without a lock prefix, taken only if something is there.
        protected override bool Turn()
        {
            if (_edges != 0)
            {
                Taken += Interlocked.Exchange(ref _edges, 0);
            }

            return false;
        }
    }

    /// <summary>Where two threads wait for each other, without a system call as long as both run.</summary>
    private sealed class Meeting
    {
        private const int SpinsMax = 2000;
        private const int Apart = 32; // Each on a cache line of its own.

        private readonly int[] _rounds = new int[3 * Apart];

        internal void Meet(int self, int round)
        {
            Volatile.Write(ref _rounds[(self + 1) * Apart], round);
            Interlocked.MemoryBarrier();
            for (int spins = 0; Volatile.Read(ref _rounds[(2 - self) * Apart]) < round; spins++)
            {
                if (spins > SpinsMax)
                {
                    _ = Thread.Yield();
                }
            }
        }
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
            int posted = Volatile.Read(ref Posted); // First: a barrier before it would be one that no real turn has.
            RanTwiceAtOnce |= Interlocked.Exchange(ref _running, 1) == 1;
            Turns++;
            Volatile.Write(ref Seen, posted);
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
