using BenchmarkDotNet.Reports;

namespace Zerocopy.Bench.Micro;

/// <summary>This benchmark allocates nothing once warm: if it does, the run fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AllocationFreeAttribute : Attribute;

/// <summary>What a run has to keep besides ending: no benchmark failed, and none that must not has allocated.</summary>
internal static class AllocationGate
{
    /// <summary>What the runtime may allocate for itself while a benchmark is measured. 4.6 KB at once were seen, in
    /// about every third one of a short run, also where nothing but a system call is made; and queues grow.</summary>
    private const long RuntimeBytesMax = 8 * 1024;

    /// <returns>The exit code.</returns>
    internal static int Judge(IEnumerable<Summary> summaries)
    {
        Summary[] runs = [.. summaries];
        BenchmarkReport[] reports = [.. runs.SelectMany(run => run.Reports)];
        BenchmarkReport[] gated = [.. reports.Where(IsGated)];
        string[] complaints =
        [
            .. runs.Where(run => run.HasCriticalValidationErrors).Select(run => $"{run.Title}: refused to run"),
            .. reports.Where(report => !report.Success).Select(report => $"{NameOf(report)}: failed"),
            .. gated.Where(report => report.Success && Allocates(report))
                .Select(report => $"{NameOf(report)}: allocates"),
        ];
        foreach (string complaint in complaints)
        {
            Console.WriteLine(complaint);
        }

        Console.WriteLine(
            $"{reports.Length} benchmarks, {gated.Length} of them gated on allocations, "
            + $"{complaints.Length} complaints");
        return complaints.Length == 0 ? 0 : 1;
    }

    private static bool IsGated(BenchmarkReport report)
        => report.BenchmarkCase.Descriptor.WorkloadMethod.IsDefined(typeof(AllocationFreeAttribute), inherit: false);

    /// <summary>A byte a call, where the least that can be allocated is an object of 24.</summary>
    private static bool Allocates(BenchmarkReport report)
    {
        long? bytes = report.GcStats.GetTotalAllocatedBytes(excludeAllocationQuantumSideEffects: false);
        return bytes is null || bytes - RuntimeBytesMax >= report.GcStats.TotalOperations;
    }

    private static string NameOf(BenchmarkReport report)
        => $"{report.BenchmarkCase.Descriptor.GetFilterName()} {report.BenchmarkCase.Parameters.DisplayInfo}".TrimEnd();
}
