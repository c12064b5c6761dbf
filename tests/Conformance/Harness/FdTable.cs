// Which descriptors this process has, and a check around every test that it leaves none behind.
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: Zerocopy.Conformance.Harness.LeavesNoDescriptorBehind]

namespace Zerocopy.Conformance.Harness;

/// <summary>A snapshot of the process's descriptors: number and what it is.</summary>
internal sealed class FdTable
{
    private readonly SortedDictionary<int, string> _targets = [];

    private FdTable()
    {
    }

    internal int Count => _targets.Count;

    /// <summary>What the library caches is given back first, so that only what somebody holds is in it.</summary>
    internal static FdTable Take()
    {
        FdCaches.Empty();
        FdTable table = new();
        foreach (string path in Directory.GetFileSystemEntries("/proc/self/fd"))
        {
            // The descriptor of the listing itself is gone by now.
            if (new FileInfo(path).LinkTarget is { } target && !IsCode(target))
            {
                table._targets.Add(int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), target);
            }
        }

        return table;
    }

    /// <summary>Waits until nothing comes or goes: a thread that starts has a pipe for a moment.</summary>
    internal static FdTable TakeAtRest()
    {
        FdTable table = Take();
        for (int i = 0; i < 100; i++)
        {
            Thread.Sleep(1);
            FdTable next = Take();
            if (next.DifferenceFrom(table, out _).Length == 0)
            {
                break;
            }

            table = next;
        }

        return table;
    }

    /// <summary>Fails unless soon nothing is open that was not before.</summary>
    /// <remarks>What is gone was an earlier test's, whose peers ended late: no leak. Closing is asynchronous in
    /// places: a peer's thread ends after its test. The collector is asked for help with event counters only, which a
    /// sync transfer may leave to it; a leaked pipe or socket must not be hidden by a finalizer.</remarks>
    internal void AssertSame(int settleMs = 2000)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            string difference = Take().DifferenceFrom(this, out bool onlyCounters);
            if (difference.Length == 0)
            {
                return;
            }

            if (onlyCounters)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > settleMs)
            {
                Assert.Fail($"descriptors have changed: {difference}");
            }

            Thread.Sleep(10);
        }
    }

    // Assemblies stay open once loaded, symbols once a stack trace was printed; when is the runtime's business.
    private static bool IsCode(string target)
        => target.EndsWith(".dll", StringComparison.Ordinal) || target.EndsWith(".pdb", StringComparison.Ordinal);

    private string DifferenceFrom(FdTable before, out bool onlyCounters)
    {
        List<string> differences = [];
        onlyCounters = true;
        foreach ((int fd, string target) in _targets.Except(before._targets))
        {
            differences.Add($"+{fd} {target}");
            onlyCounters &= target.Contains("[eventfd]", StringComparison.Ordinal);
        }

        return string.Join(", ", differences);
    }
}

/// <summary>Around every test of the assembly: no descriptor and no thread is left over.</summary>
/// <remarks>Runs inside the constructor and the Dispose of a test class: what a test opens it closes.</remarks>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class LeavesNoDescriptorBehindAttribute : BeforeAfterTestAttribute
{
    private FdTable? _before;

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        FdCaches.WarmUp();
        CpuMeter.BeginTest();
        _before = FdTable.TakeAtRest();
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        TestThreads.AssertEnded();
        _before!.AssertSame();
    }
}
