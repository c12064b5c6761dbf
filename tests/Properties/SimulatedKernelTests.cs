// The flow against a kernel that answers anything it legally could, in an order it legally could.
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;
using Run = Zerocopy.Properties.Simulation.Simulation;

namespace Zerocopy.Properties;

public sealed class SimulatedKernelTests(ITestOutputHelper output)
{
    /// <summary>Set it to a printed schedule, and that one alone is run.</summary>
    internal const string ReplayVariable = "ZEROCOPY_SCHEDULE";

    /// <summary>Set it to run fewer: what kills a mutant needs no histogram.</summary>
    internal const string CountVariable = "ZEROCOPY_SCHEDULES";

    private const int SchedulesInFull = 60_000;
    private const int MedianCallsMin = 50;
    private const int TimesMin = 100;

    [Fact]
    public void A_flow_keeps_every_law_whatever_the_kernel_answers()
    {
        if (Environment.GetEnvironmentVariable(ReplayVariable) is { Length: > 0 } printed)
        {
            Run replayed = Run.Of(Schedule.Parse(printed));
            output.WriteLine($"{printed}: {replayed.Trace.Calls} calls, hash {replayed.Trace.Hash:x16}");
            output.WriteLine(replayed.Trace.Tail());
            return;
        }

        string? asked = Environment.GetEnvironmentVariable(CountVariable);
        int schedules = asked is { Length: > 0 } ? int.Parse(asked) : SchedulesInFull;
        Stopwatch clock = Stopwatch.StartNew();
        Tally tally = new();
        Property law = Prop.ForAll(Schedules.Any(), schedule => tally.Add(Run.Of(schedule)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(schedules).WithQuietOnSuccess(true), law);
        output.WriteLine($"{tally}\n{clock.Elapsed.TotalSeconds:f1} s");
        if (schedules == SchedulesInFull)
        {
            Assert.True(tally.MedianCalls >= MedianCallsMin, $"median of calls {tally.MedianCalls}");
            Assert.Empty(tally.SeenLessThan(TimesMin));
        }
    }

    [Fact]
    public void The_same_schedule_makes_the_same_calls()
    {
        HashSet<ulong> hashes = [];
        for (ulong seed = 1; seed <= 200; seed++)
        {
            Schedule schedule = Schedule.FromSeed(seed);
            CallTrace first = Run.Of(schedule).Trace;
            CallTrace second = Run.Of(Schedule.Parse(schedule.ToString())).Trace;
            Assert.Equal(first.Calls, second.Calls);
            Assert.Equal(first.Hash, second.Hash);
            _ = hashes.Add(first.Hash);
        }

        Assert.True(hashes.Count > 190, $"only {hashes.Count} different traces of 200 schedules");
    }
}
