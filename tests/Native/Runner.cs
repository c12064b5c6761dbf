// Runs the tests one after another, each within its time and with nothing left open.
using System.Diagnostics;
using System.Reflection;
using Xunit.Sdk;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Native;

internal sealed class Runner(Report report, ListedSkips skips, string[] filters)
{
    /// <summary>How xunit's assertions mark a test that skips itself.</summary>
    private const string SkipMark = "$XunitDynamicSkip$";

    /// <summary>For a test that has no timeout of its own.</summary>
    private const int TimeoutMs = 2 * Deadline.Ms;

    /// <summary>Those that have tests.</summary>
    internal static IEnumerable<Type> Classes => Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => type is { IsAbstract: false, IsPublic: true } && type.GetMethods().Any(Case.IsTest))
        .OrderBy(type => type.FullName, StringComparer.Ordinal);

    internal async Task RunAll()
    {
        await using DisposalTracker tracker = new();
        foreach (Type type in Classes)
        {
            foreach (Case test in await Case.Of(type, tracker))
            {
                if (filters.Length > 0 && !filters.Any(part => test.Name.Contains(part, StringComparison.Ordinal)))
                {
                    continue;
                }

                if (!Run(test))
                {
                    return;
                }
            }
        }
    }

    /// <returns>False if it hangs: what it holds would be blamed on the next.</returns>
    private bool Run(Case test)
    {
        if (skips.Reason(test.FullMethod, test.Name) is { } why)
        {
            report.Skip(test, why);
            return true;
        }

        long start = Stopwatch.GetTimestamp();
        double Seconds() => Stopwatch.GetElapsedTime(start).TotalSeconds;
        int limitMs = Deadline.Scaled(test.TimeoutMs > 0 ? test.TimeoutMs : TimeoutMs);
        try
        {
            LeavesNoDescriptorBehindAttribute around = new();
            around.Before(test.Method, null!);
            start = Stopwatch.GetTimestamp();
            // On a thread of its own, because a test may block it for ever.
            Task run = Task.Factory.StartNew(
                test.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
            if (Task.WaitAny([run], limitMs) < 0)
            {
                report.Fail(test, Seconds(), new TimeoutException($"hangs for {limitMs} ms; the tests end here"));
                return false;
            }

            run.GetAwaiter().GetResult();
            double seconds = Seconds();
            around.After(test.Method, null!);
            report.Pass(test, seconds);
        }
        catch (Exception exception) when (exception.Message.StartsWith(SkipMark, StringComparison.Ordinal))
        {
            report.Skip(test, exception.Message[SkipMark.Length..]);
        }
        catch (Exception exception)
        {
            report.Fail(test, Seconds(), exception);
        }

        return true;
    }
}
