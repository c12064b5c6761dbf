// The timer wheel against a list of deadlines: never early, at most a tick and the gap between two advances late.
using FsCheck;
using FsCheck.Xunit;
using Xunit;

namespace Zerocopy.Properties.Models;

public sealed class TimerWheelTests
{
    [Property(MaxTest = 300)]
    public void A_deadline_is_never_early_and_at_most_a_tick_late(int seed, PositiveInt timers)
    {
        Random random = new(seed);
        long nowMs = random.Next();
        TimerWheel wheel = new(nowMs);
        List<Alarm> alarms = [.. Enumerable.Range(0, Math.Min(timers.Get, 200)).Select(_ => new Alarm())];
        long lastMs = nowMs;
        for (int step = 0; step < 400; step++)
        {
            Alarm alarm = alarms[random.Next(alarms.Count)];
            switch (random.Next(10))
            {
                case 0:
                    wheel.Disarm(alarm.Timer);
                    alarm.DueMs = null;
                    break;
                case < 6:
                    // Also deadlines of another revolution of the wheel, and some in the past.
                    alarm.DueMs = nowMs + random.Next(-50, random.Next(2) == 0 ? 60 : 9000);
                    wheel.Arm(alarm.Timer, alarm.DueMs.Value);
                    alarm.ArmedMs = nowMs;
                    break;
                default:
                    nowMs += random.Next(random.Next(10) == 0 ? 6000 : 40);
                    wheel.Advance(nowMs);
                    Judge(wheel, alarms, nowMs, lastMs);
                    lastMs = nowMs;
                    break;
            }

            Assert.Equal(alarms.Count(a => a.DueMs is not null), wheel.Count);
            int sleepMs = wheel.NextTimeoutMs(nowMs);
            Assert.Equal(wheel.Count == 0, sleepMs < 0);
            Assert.True(sleepMs <= Naive(alarms, nowMs), $"sleeps {sleepMs} ms");
        }
    }

    [Property(MaxTest = 200)]
    public void As_long_as_nothing_is_disarmed_it_sleeps_until_something_is_due(int seed, PositiveInt timers)
    {
        Random random = new(seed);
        long nowMs = random.Next();
        TimerWheel wheel = new(nowMs);
        List<Alarm> alarms = [];
        for (int step = 0; step < 300 || wheel.Count > 0; step++)
        {
            if (alarms.Count < Math.Min(timers.Get, 100) && random.Next(3) == 0)
            {
                // Seconds, minutes, hours: most are of a later revolution.
                Alarm alarm = new() { DueMs = nowMs + random.Next(1, random.Next(3) == 0 ? 3000 : 5_000_000) };
                alarms.Add(alarm);
                alarm.ArmedMs = nowMs;
                wheel.Arm(alarm.Timer, alarm.DueMs.Value);
            }

            int sleepMs = wheel.NextTimeoutMs(nowMs);
            Assert.Equal(Naive(alarms, nowMs), sleepMs);
            nowMs += random.Next(4) == 0 || sleepMs < 0 ? random.Next(sleepMs < 0 ? 500 : sleepMs + 1) : sleepMs;
            wheel.Advance(nowMs);
            Judge(wheel, alarms, nowMs, nowMs - TimerWheel.TickMs);
        }
    }

    // A relay that is busy arms its idle timeout anew after every turn.
    [Property(MaxTest = 100)]
    public void Each_disarming_costs_one_wake_at_most(int seed)
    {
        Random random = new(seed);
        long nowMs = random.Next();
        TimerWheel wheel = new(nowMs);
        List<Alarm> alarms = [.. Enumerable.Range(0, 1 + random.Next(50)).Select(_ => new Alarm())];
        int armed = 0;
        for (int step = 0; step < 200; step++)
        {
            Alarm alarm = alarms[random.Next(alarms.Count)];
            alarm.ArmedMs = nowMs;
            alarm.DueMs = nowMs + random.Next(600_000, 600_100);
            wheel.Arm(alarm.Timer, alarm.DueMs.Value);
            armed++;
            nowMs += random.Next(20);
            wheel.Advance(nowMs);
        }

        int wakes = 0;
        for (; wheel.Count > 0; wakes++)
        {
            nowMs += wheel.NextTimeoutMs(nowMs);
            wheel.Advance(nowMs);
            Judge(wheel, alarms, nowMs, nowMs - TimerWheel.TickMs);
        }

        Assert.InRange(wakes, 1, armed);
    }

    [Property(MaxTest = 200)]
    public void A_loop_that_sleeps_as_told_meets_every_deadline(int seed)
    {
        Random random = new(seed);
        long nowMs = random.Next();
        TimerWheel wheel = new(nowMs);
        List<Alarm> alarms = [.. Enumerable.Range(0, 20).Select(_ => new Alarm())];
        foreach (Alarm alarm in alarms)
        {
            alarm.ArmedMs = nowMs;
            alarm.DueMs = nowMs + random.Next(1, 7000);
            wheel.Arm(alarm.Timer, alarm.DueMs.Value);
        }

        for (int wakes = 0; wheel.Count > 0; wakes++)
        {
            Assert.True(wakes < 1000, "the loop spins");
            long lastMs = nowMs;
            int sleepMs = wheel.NextTimeoutMs(nowMs);
            Assert.InRange(sleepMs, 0, 7000 + TimerWheel.TickMs);
            nowMs += sleepMs;
            wheel.Advance(nowMs);
            foreach (Alarm alarm in alarms)
            {
                Assert.True(alarm.DueMs is null || alarm.DueMs + TimerWheel.TickMs > nowMs || !alarm.HasFired);
            }

            Judge(wheel, alarms, nowMs, Math.Max(lastMs, nowMs - TimerWheel.TickMs));
        }

        Assert.All(alarms, alarm => Assert.Null(alarm.DueMs));
    }

    /// <summary>What a list knows: until the first tick at which something is due.</summary>
    private static int Naive(List<Alarm> alarms, long nowMs)
    {
        long? dueMs = alarms.Min(alarm => alarm.DueMs is null ? null : (long?)Math.Max(
            alarm.DueMs.Value + TimerWheel.TickMs - 1, alarm.ArmedMs + TimerWheel.TickMs));
        return dueMs is { } due
            ? (int)Math.Max((due / TimerWheel.TickMs * TimerWheel.TickMs) - nowMs, 0) : -1;
    }

    private static void Judge(TimerWheel wheel, List<Alarm> alarms, long nowMs, long lastMs)
    {
        foreach (Alarm alarm in alarms)
        {
            if (alarm.TakeFired())
            {
                Assert.True(alarm.DueMs <= nowMs, $"{alarm.DueMs - nowMs} ms early");

                // The advance before this one was not yet past it: no earlier advance missed it.
                long latest = Math.Max(alarm.DueMs!.Value, alarm.ArmedMs) + (2 * TimerWheel.TickMs);
                Assert.True(lastMs <= latest, $"{lastMs - latest} ms late");
                alarm.DueMs = null;
            }
            else
            {
                Assert.True(alarm.DueMs is null || alarm.DueMs + (2 * TimerWheel.TickMs) > nowMs
                    || alarm.ArmedMs + (2 * TimerWheel.TickMs) > nowMs, "a deadline was missed");
            }

            Assert.Equal(alarm.DueMs is not null, alarm.HasDeadline);
        }

        Assert.True(wheel.Count >= 0);
    }

    private sealed class Alarm : LoopWork
    {
        internal long? DueMs { get; set; }

        internal long ArmedMs { get; set; }

        internal bool HasFired { get; private set; }

        /// <summary>True once for each time that it was due.</summary>
        internal bool TakeFired()
        {
            bool fired = HasFired;
            HasFired = false;
            if (fired)
            {
                Run();
            }

            return fired;
        }

        protected override void Enqueue() => HasFired = true;

        protected override bool Turn() => false;
    }
}
