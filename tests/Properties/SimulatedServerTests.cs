// The server's core, its loops and its lingering closes against a kernel that answers anything it legally could.
using Xunit;
using Zerocopy.Properties.Servers;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties;

public sealed class SimulatedServerTests(ITestOutputHelper output)
{
    private const int SchedulesInFull = 20_000;
    private const int MedianCallsMin = 100;

    [Fact]
    public void A_server_keeps_every_law_whatever_the_kernel_answers()
        => ManySchedules.Check(
            ServerSchedules.Any(),
            ServerSchedule.Parse,
            ServerSimulation.Of,
            SchedulesInFull,
            MedianCallsMin,
            ServerResults.s_all,
            output);

    [Fact]
    public void The_same_schedule_makes_the_same_calls()
    {
        HashSet<ulong> hashes = [];
        for (ulong seed = 1; seed <= 200; seed++)
        {
            ServerSchedule schedule = ServerSchedule.FromSeed(seed);
            CallTrace first = ServerSimulation.Of(schedule);
            CallTrace second = ServerSimulation.Of(ServerSchedule.Parse(schedule.ToString()));
            Assert.Equal(first.Calls, second.Calls);
            Assert.Equal(first.Hash, second.Hash);
            _ = hashes.Add(first.Hash);
        }

        Assert.True(hashes.Count > 190, $"only {hashes.Count} different traces of 200 schedules");
    }
}
