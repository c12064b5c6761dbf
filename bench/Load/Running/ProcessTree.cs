using System.Globalization;

namespace Zerocopy.Bench.Load.Running;

/// <summary>CPU time and memory of a process and its descendants, from <c>/proc</c>: the same for relays of all kinds,
/// with threads, workers, or a child for each connection.</summary>
internal sealed class ProcessTree(int root)
{
    private const long TickNs = 10_000_000; // USER_HZ is 100 on every Linux that .NET runs on.

    private static readonly string[] s_memoryKeys = ["Rss:", "Pss:"];

    /// <summary>What the processes have used so far.</summary>
    internal Cpu Now()
    {
        Dictionary<(int Process, int Thread), long> threads = [];
        int[] processes = [.. Processes()];
        foreach (int process in processes)
        {
            foreach (int thread in ThreadsOf(process))
            {
                threads[(process, thread)] = ThreadNs($"/proc/{process}/task/{thread}");
            }
        }

        string[] stat = StatOf($"/proc/{root}/stat");
        return new Cpu(threads, Ticks(stat, 13) + Ticks(stat, 14)); // cutime and cstime.
    }

    /// <summary>Bytes that are resident, and the same with pages that several processes share divided among them.
    /// </summary>
    internal (long Resident, long Proportional) Memory()
    {
        long[] sums = new long[s_memoryKeys.Length];
        foreach (string line in Processes().SelectMany(process => Lines($"/proc/{process}/smaps_rollup")))
        {
            int key = Array.FindIndex(s_memoryKeys, key => line.StartsWith(key, StringComparison.Ordinal));
            if (key >= 0)
            {
                string number = line[s_memoryKeys[key].Length..].Replace("kB", "");
                sums[key] += long.Parse(number, CultureInfo.InvariantCulture);
            }
        }

        return (sums[0] * 1024, sums[1] * 1024);
    }

    private IEnumerable<int> Processes()
    {
        Queue<int> found = new([root]);
        while (found.TryDequeue(out int process))
        {
            yield return process;
            foreach (int child in ThreadsOf(process)
                .SelectMany(thread => Lines($"/proc/{process}/task/{thread}/children"))
                .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(int.Parse))
            {
                found.Enqueue(child);
            }
        }
    }

    private static int[] ThreadsOf(int process)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{process}/task").Select(Path.GetFileName).Select(int.Parse!)];
        }
        catch (IOException)
        {
            return []; // It has ended.
        }
    }

    /// <summary>In nanoseconds where the kernel tells them; otherwise in hundredths of a second.</summary>
    private static long ThreadNs(string folder)
    {
        if (Lines($"{folder}/schedstat") is [string precise, ..])
        {
            return long.Parse(precise.Split(' ')[0], CultureInfo.InvariantCulture);
        }

        string[] stat = StatOf($"{folder}/stat");
        return Ticks(stat, 11) + Ticks(stat, 12); // utime and stime.
    }

    private static long Ticks(string[] stat, int field)
        => stat.Length > field ? long.Parse(stat[field], CultureInfo.InvariantCulture) * TickNs : 0;

    /// <summary>The fields after the name, which may have blanks.</summary>
    private static string[] StatOf(string path)
        => Lines(path) is [string line, ..] ? line[(line.LastIndexOf(')') + 2)..].Split(' ') : [];

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return []; // It has ended.
        }
    }
}

/// <summary>CPU time of a tree at one moment, in nanoseconds.</summary>
/// <param name="Threads">Of the processes that were there.</param>
/// <param name="Ended">Of children that have ended before.</param>
internal sealed record Cpu(Dictionary<(int Process, int Thread), long> Threads, long Ended)
{
    /// <summary>Microseconds between the two. A child that ended meanwhile is in <see cref="Ended"/> with its whole
    /// life, of which what came before is taken off; a thread that ended is not counted: an idle one did nothing.
    /// </summary>
    public static double operator -(Cpu after, Cpu before)
    {
        HashSet<int> alive = [.. after.Threads.Keys.Select(key => key.Process)];
        long counted = before.Threads.Where(thread => !alive.Contains(thread.Key.Process)).Sum(thread => thread.Value);
        long used = after.Threads.Sum(thread => thread.Value - before.Threads.GetValueOrDefault(thread.Key));
        return Math.Max(0, used + after.Ended - before.Ended - counted) / 1e3;
    }
}
