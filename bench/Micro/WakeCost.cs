using BenchmarkDotNet.Attributes;

namespace Zerocopy.Bench.Micro;

/// <summary>What does it cost to get a turn on an event loop, from outside and on its own thread?</summary>
public class WakeCost
{
    private const int Turns = 1000;

    private readonly Waker _waker = new(new Epoll()); // As long as the process, as a loop's.
    private Probe _probe = null!;

    [GlobalSetup]
    public void Open()
    {
        _probe = new Probe(EventLoop.Start("bench")); // Its thread lasts as long as the process.
    }

    /// <summary>The system call of a wake: the eventfd is written.</summary>
    [Benchmark, AllocationFree]
    public void WakeSleeper()
    {
        _waker.BeginSleep();
        _waker.Wake();
        _waker.EndSleep();
    }

    /// <summary>What nearly every post finds on a busy loop: no system call.</summary>
    [Benchmark, AllocationFree]
    public void WakeOneAwake() => _waker.Wake();

    /// <summary>From this thread to the loop's, one turn, and the news of it back.</summary>
    [Benchmark, AllocationFree]
    public int WakeLoopForOneTurn() => _probe.Run(1);

    /// <summary>One turn of many in a row: between two of them the loop asks epoll once.</summary>
    [Benchmark(OperationsPerInvoke = Turns), AllocationFree]
    public int TurnOfBusyLoop() => _probe.Run(Turns);

    /// <summary>Takes so many turns, one after another, and says so.</summary>
    private sealed class Probe(EventLoop loop) : LoopWork
    {
        private int _left;
        private int _rounds;

        internal int Run(int turns)
        {
            int rounds = Volatile.Read(ref _rounds);
            Volatile.Write(ref _left, turns);
            Post();
            while (Volatile.Read(ref _rounds) == rounds)
            {
                Thread.Yield();
            }

            return rounds;
        }

        protected override void Enqueue() => loop.Enqueue(this);

        protected override bool Turn()
        {
            if (--_left > 0)
            {
                Post();
            }
            else
            {
                Volatile.Write(ref _rounds, _rounds + 1);
            }

            return false;
        }
    }
}
