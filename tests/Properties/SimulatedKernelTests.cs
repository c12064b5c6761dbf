// The flow against a kernel that answers anything it legally could, in an order it legally could.
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties;

public sealed class SimulatedKernelTests(ITestOutputHelper output)
{
    /// <summary>Set it to a printed schedule, and that one alone is run.</summary>
    internal const string ReplayVariable = "ZEROCOPY_SCHEDULE";

    private const int SchedulesMin = 20_000;
    private const int MedianCallsMin = 50;
    private const int TimesMin = 100;

    [Fact]
    public void A_flow_keeps_every_law_whatever_the_kernel_answers()
    {
        Stopwatch clock = Stopwatch.StartNew();
        Tally tally = new();
        if (Environment.GetEnvironmentVariable(ReplayVariable) is { Length: > 0 } printed)
        {
            tally.Add(Simulation.Simulation.Run(Schedule.Parse(printed)));
            output.WriteLine(tally.ToString());
            return;
        }

        Property law = Prop.ForAll(Schedules.Any(), schedule => tally.Add(Simulation.Simulation.Run(schedule)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(SchedulesMin).WithQuietOnSuccess(true), law);
        output.WriteLine($"{tally}\n{clock.Elapsed.TotalSeconds:f1} s");
        Assert.True(tally.Schedules >= SchedulesMin);
        Assert.True(tally.MedianCalls >= MedianCallsMin, $"median of calls {tally.MedianCalls}");
        Assert.Empty(tally.SeenLessThan(TimesMin));
    }
}
