// The flow against a kernel that answers anything it legally could, in an order it legally could.
using Xunit;
using Zerocopy.Properties.Simulation;
using Run = Zerocopy.Properties.Simulation.Simulation;

namespace Zerocopy.Properties;

public sealed class SimulatedKernelTests(ITestOutputHelper output)
{
    private const int SchedulesInFull = 60_000;
    private const int MedianCallsMin = 50;

    [Fact]
    public void A_flow_keeps_every_law_whatever_the_kernel_answers()
        => ManySchedules.Check(
            Schedules.Any(),
            Schedule.Parse,
            schedule => Run.Of(schedule).Trace,
            SchedulesInFull,
            MedianCallsMin,
            LegalResults.s_all,
            output);

    [Fact]
    public void The_same_schedule_makes_the_same_calls()
    {
        HashSet<ulong> hashes = [];
        for (ulong seed = 1; seed <= 200; seed++)
        {
            Schedule schedule = seed % 2 == 0 ? Schedule.FromSeed(seed) : Schedule.OfPipes(seed);
            CallTrace first = Run.Of(schedule).Trace;
            CallTrace second = Run.Of(Schedule.Parse(schedule.ToString())).Trace;
            Assert.Equal(first.Calls, second.Calls);
            Assert.Equal(first.Hash, second.Hash);
            _ = hashes.Add(first.Hash);
        }

        Assert.True(hashes.Count > 190, $"only {hashes.Count} different traces of 200 schedules");
    }
}
