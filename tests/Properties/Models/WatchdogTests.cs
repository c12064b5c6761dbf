// A watchdog looks at those that nothing tells of, each time; at everybody else within a second; and at nobody else.
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class WatchdogTests
{
    private const int Parts = 4;

    [Property(MaxTest = 100)]
    public void A_watchdog_looks_at_those_that_need_it_and_at_nobody_else(int seed)
    {
        Random random = new(seed);
        Watchdog watchdog = new();
        List<Thing> watched = [];
        List<int> crowds = [];
        long nowMs = random.Next();
        for (int step = 0; step < 200; step++)
        {
            for (int changes = random.Next(6); changes > 0; changes--)
            {
                if (watched.Count == 0 || random.Next(5) > 1)
                {
                    Thing added = new(isAlways: random.Next(2) == 0);
                    watched.Add(added);
                    watchdog.Add(added, inTurn: !added.IsAlways, nowMs);
                }
                else
                {
                    Thing removed = watched[random.Next(watched.Count)];
                    watched.Remove(removed);
                    watchdog.Remove(removed);
                }
            }

            int inTurn = watched.Count(w => !w.IsAlways);
            int timeoutMs = watchdog.NextTimeoutMs(nowMs);
            Assert.Equal(watched.Count == 0, timeoutMs < 0);
            Assert.InRange(timeoutMs, -1, Watchdog.EveryMs);
            watchdog.Run(nowMs + timeoutMs - 1);
            Assert.All(watched, w => Assert.Equal(0, w.TakeLooks())); // Too early.

            nowMs += Math.Max(timeoutMs, 0);
            watchdog.Run(nowMs);
            int looks = 0;
            foreach (Thing w in watched)
            {
                int count = w.TakeLooks();
                w.RoundsMissed = count == 0 ? w.RoundsMissed + 1 : 0;
                Assert.InRange(count, w.IsAlways ? 1 : 0, 1);
                looks += w.IsAlways ? 0 : count;
            }

            if (watched.Count > 0)
            {
                crowds.Add(inTurn);
            }

            int most = crowds.TakeLast(Parts).DefaultIfEmpty().Max();
            Assert.InRange(looks, (inTurn + Parts - 1) / Parts, (most + Parts - 1) / Parts);
            Assert.All(watched, w => Assert.True(w.RoundsMissed < 8, "not looked at for a second"));
        }

        watched.ForEach(w => watchdog.Remove(w));
        Assert.Equal(-1, watchdog.NextTimeoutMs(nowMs));
    }

    private sealed class Thing(bool isAlways) : Watched
    {
        private int _looks;

        internal bool IsAlways => isAlways;

        internal int RoundsMissed { get; set; }

        internal override void LookAtIt() => _looks++;

        internal int TakeLooks()
        {
            int looks = _looks;
            _looks = 0;
            return looks;
        }
    }
}
