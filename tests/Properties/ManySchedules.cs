// Runs as many schedules as a full check needs, or the one that failed, and counts what the kernel answered.
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties;

internal static class ManySchedules
{
    /// <summary>Set it to a printed schedule, and that one alone is run.</summary>
    internal const string ReplayVariable = "ZEROCOPY_SCHEDULE";

    /// <summary>Set it to run more, a whole night long; or fewer: what kills a mutant needs no histogram.</summary>
    internal const string CountVariable = "ZEROCOPY_SCHEDULES";

    private const int TimesMin = 50;

    /// <param name="kinds">Which schedules.</param>
    /// <param name="parse">Reads a printed one.</param>
    /// <param name="run">Runs one, and judges it.</param>
    /// <param name="inFull">How many make a full check.</param>
    /// <param name="callsMin">How many calls half of them must make.</param>
    /// <param name="results">What must have been answered often enough then.</param>
    /// <param name="output">Where the histogram goes.</param>
    internal static void Check<T>(
        Arbitrary<T> kinds,
        Func<string, T> parse,
        Func<T, CallTrace> run,
        int inFull,
        int callsMin,
        string[] results,
        ITestOutputHelper output)
    {
        if (Environment.GetEnvironmentVariable(ReplayVariable) is { Length: > 0 } printed)
        {
            CallTrace replayed = run(parse(printed));
            output.WriteLine($"{printed}: {replayed.Calls} calls, hash {replayed.Hash:x16}");
            output.WriteLine(replayed.Tail());
            return;
        }

        string? asked = Environment.GetEnvironmentVariable(CountVariable);
        int schedules = asked is { Length: > 0 } ? int.Parse(asked) : inFull;
        Stopwatch clock = Stopwatch.StartNew();
        Tally tally = new();
        Property law = Prop.ForAll(kinds, schedule => tally.Add(run(schedule)));
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(schedules).WithQuietOnSuccess(true), law);
        output.WriteLine($"{tally}\n{clock.Elapsed.TotalSeconds:f1} s");
        if (schedules >= inFull)
        {
            Assert.True(tally.MedianCalls >= callsMin, $"median of calls {tally.MedianCalls}");
            Assert.Empty(tally.SeenLessThan(TimesMin, results));
        }
    }
}
