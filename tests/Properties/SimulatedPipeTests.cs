// The same for pipes that somebody else fills or drains as well, for mirrors, and for tees.
using Xunit;
using Zerocopy.Properties.Simulation;
using Run = Zerocopy.Properties.Simulation.Simulation;

namespace Zerocopy.Properties;

public sealed class SimulatedPipeTests(ITestOutputHelper output)
{
    private const int SchedulesInFull = 45_000;
    private const int MedianCallsMin = 30;

    [Fact]
    public void A_flow_with_shared_pipes_and_targets_keeps_every_law_whatever_the_kernel_answers()
        => ManySchedules.Check(
            Schedules.OfPipes(),
            Schedule.Parse,
            schedule => Run.Of(schedule).Trace,
            SchedulesInFull,
            MedianCallsMin,
            LegalResults.s_ofPipes,
            output);
}
