// Proves that a wait is a wait and not a spin.
using Xunit;

namespace Zerocopy.Conformance.Harness;

internal static class CpuMeter
{
    private const int WindowMs = 500;
    private const int Windows = 6;

    /// <summary>The parked share: 10 ms a second.</summary>
    private const double ShareMax = 0.010;

    /// <summary>Fails unless the whole process rests. A spin is there all the time, the runtime's own work is not: the quietest
    /// window counts.</summary>
    internal static async Task AssertParked(string what)
    {
        double least = double.MaxValue;
        for (int i = 0; i < Windows && least > ShareMax; i++)
        {
            long startTicks = System.Diagnostics.Stopwatch.GetTimestamp();
            TimeSpan start = Environment.CpuUsage.TotalTime;
            await Task.Delay(WindowMs);
            double elapsedMs = System.Diagnostics.Stopwatch.GetElapsedTime(startTicks).TotalMilliseconds;
            least = Math.Min(least, (Environment.CpuUsage.TotalTime - start).TotalMilliseconds / elapsedMs);
        }

        Assert.True(least <= ShareMax, $"{what}: used {least * 1000:F1} ms of CPU a second while parked");
    }
}
