// Whether anything grows: what is left at every rest is compared with what was left at the first one, the warm-up's.
namespace Zerocopy.Soak;

internal sealed class Flatness(SoakOptions options)
{
    // The pool's own helpers, and one of its workers that begins or ends.
    private const int ThreadsMax = 4;

    // It tries whether more of them do more. One that is blocked for good, once in a thousand rounds, would be more.
    private const int PoolThreadsMax = 24;

    // Code is still being compiled and caches of .NET are filled; 1 KB lost in each of ten thousand rounds would be 10.
    private const long ManagedMax = 4 << 20;

    // The same of the runtime and of the C library's heaps, one for each of a hundred threads.
    private const long UnmanagedMax = 32 << 20;

    private readonly List<Sample> _rests = [];
    private readonly List<int> _disagreements = [];

    internal void Add(Sample sample)
    {
        _rests.Add(sample);
        _disagreements.Add(SharedServers.CountDisagreements());
        Console.WriteLine($"        at rest: {sample}");
    }

    /// <summary>A line for each thing that must not grow.</summary>
    /// <returns>How many did not, and how many did.</returns>
    internal (int Passed, int Failed) Report()
    {
        bool[] verdicts =
        [
            // A round that leaves one behind, once in a whole run, is seen.
            Judge("sockets", sample => sample.Descriptors["socket"], 0),
            Judge("pipes", sample => sample.Descriptors["pipe"], 0),
            Judge("files", sample => sample.Descriptors["file"] + sample.Descriptors["other"], 0),

            // An idle sync transfer keeps its own, and at most three a worker have ever run at once.
            Judge("eventfds", sample => sample.Descriptors["eventfd"], options.Workers * 3),
            Judge("threads", sample => sample.Threads, ThreadsMax),
            Judge("pool threads", sample => sample.PoolThreads, PoolThreadsMax),
            Judge("managed KiB", sample => sample.ManagedBytes >> 10, ManagedMax >> 10),
            Judge("unmanaged KiB", sample => sample.UnmanagedBytes >> 10, UnmanagedMax >> 10),
            Zero("blocks", sample => sample.Blocks),
            Zero("pipe pages", sample => sample.Pages),
            Zero("registrations", sample => sample.Registrations),
            Zero("connections", sample => sample.Connections),
            Say("counters", _disagreements.TrueForAll(count => count == 0), string.Join(", ", _disagreements)),
        ];
        return (verdicts.Count(verdict => verdict), verdicts.Count(verdict => !verdict));
    }

    private bool Judge(string what, Func<Sample, long> number, long growthMax)
    {
        long[] numbers = [.. _rests.Select(number)];
        bool isFlat = numbers.All(later => later - numbers[0] <= growthMax);
        return Say(what, isFlat, $"{string.Join(", ", numbers)}; may grow by {growthMax}");
    }

    private bool Zero(string what, Func<Sample, long> number)
        => Say(what, _rests.All(sample => number(sample) == 0), $"{string.Join(", ", _rests.Select(number))}");

    private static bool Say(string what, bool isFlat, string numbers)
    {
        Console.WriteLine($"  {what,-14} {(isFlat ? "flat" : "GROWS")}: {numbers}");
        return isFlat;
    }
}
