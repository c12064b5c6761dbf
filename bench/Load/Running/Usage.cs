using Zerocopy.Bench.Load.Children;

namespace Zerocopy.Bench.Load.Running;

/// <summary>What a process has used and done so far.</summary>
internal readonly record struct Usage(long CpuMicroseconds, ByteCounts Moved)
{
    public static Usage operator -(Usage after, Usage before)
        => new(after.CpuMicroseconds - before.CpuMicroseconds, after.Moved - before.Moved);

    /// <param name="process">Whose; null: nothing was used.</param>
    /// <param name="command">cpu: at once. drain: once all connections have ended.</param>
    internal static async Task<Usage> AskAsync(ChildProcess? process, string command)
    {
        if (process is null)
        {
            return default;
        }

        long[] numbers = [.. (await process.AskAsync(command, "usage")).Select(long.Parse)];
        return new Usage(numbers[0], new ByteCounts(numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]));
    }

    internal double CpuSGb(long bytes) => Math.Round(CpuMicroseconds * 1e3 / bytes, 5);
}
