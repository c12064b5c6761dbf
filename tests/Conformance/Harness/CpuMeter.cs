// Proves that a wait is a wait and not a spin.
using System.Globalization;
using Xunit;

namespace Zerocopy.Conformance.Harness;

internal static class CpuMeter
{
    private const int WindowMs = 250;
    private const int Windows = 16;

    /// <summary>The parked share of a thread: 10 ms a second.</summary>
    private const double ShareMax = 0.010;

    /// <summary>What the pool's threads may use besides: the test host reports on them.</summary>
    private const double PoolShareMax = 0.050;

    // Threads that earlier tests started for themselves and that have not ended yet: their work is not this test's.
    private static HashSet<string> s_earlier = [];

    /// <summary>Remembers whose threads are there before a test begins.</summary>
    internal static void BeginTest() => s_earlier = [.. Tasks()
        .Where(task => task.Name.StartsWith(".NET Long", StringComparison.Ordinal))
        .Select(task => Path.GetFileName(task.Path))];

    /// <summary>Fails unless every thread rests but the runtime's compiler. A spin is there all the time, other work
    /// of the test host is not: the quietest window counts.</summary>
    internal static Task AssertParked(string what) => Deadline.OnThread(() => Measure(what));

    private static void Measure(string what)
    {
        string self = Libc.ThreadId.ToString(CultureInfo.InvariantCulture); // Looking costs, too.
        string busiest = "";
        for (int i = 0; i < Windows; i++)
        {
            Dictionary<string, long> before = Threads(self);
            Thread.Sleep(WindowMs);
            List<(string Thread, double Share)> used = [.. Threads(self).Select(
                now => (now.Key, (now.Value - before.GetValueOrDefault(now.Key)) / (WindowMs * 1e6)))];
            double pool = used.Where(thread => IsPool(thread.Thread)).Sum(thread => thread.Share);
            (string thread, double most) =
                used.Where(thread => !IsPool(thread.Thread)).MaxBy(thread => thread.Share);
            if (most <= ShareMax && pool <= PoolShareMax)
            {
                return;
            }

            busiest = $"the pool used {pool * 1000:F1} and '{thread}' {most * 1000:F1}";
        }

        Assert.Fail($"{what}: in the last window {busiest} ms of CPU a second while parked");
    }

    private static bool IsPool(string thread) => thread.StartsWith(".NET TP", StringComparison.Ordinal);

    /// <summary>The threads of the library's loops, by their kernel numbers.</summary>
    internal static int[] LoopThreads() => [.. Tasks()
        .Where(task => task.Name.StartsWith("Zerocopy ", StringComparison.Ordinal))
        .Select(task => int.Parse(Path.GetFileName(task.Path), CultureInfo.InvariantCulture))];

    private static Dictionary<string, long> Threads(string self) => Tasks()
        .Where(task => !task.Name.StartsWith(".NET Tiered", StringComparison.Ordinal))
        .Where(task => Path.GetFileName(task.Path) != self && !s_earlier.Contains(Path.GetFileName(task.Path)))
        .ToDictionary(task => $"{task.Name} {Path.GetFileName(task.Path)}", task => RunTimeNs(task.Path));

    private static IEnumerable<(string Path, string Name)> Tasks()
    {
        foreach (string path in Directory.GetDirectories("/proc/self/task"))
        {
            string name;
            try
            {
                name = File.ReadAllText(path + "/comm").Trim();
            }
            catch (IOException)
            {
                continue; // It has just ended.
            }

            yield return (path, name);
        }
    }

    private static long RunTimeNs(string task)
    {
        try
        {
            return long.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It has just ended, so it does not spin.
        }
    }
}
