// What all rounds did together.
using Zerocopy.Soak.Scenarios;

namespace Zerocopy.Soak;

internal sealed class Totals
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = Scenario.All.ToDictionary(s => s.Name, _ => new Entry());

    internal long Rounds { get; private set; }

    internal long Failures { get; private set; }

    internal long Bytes { get; private set; }

    internal long BytesInKernel { get; private set; }

    /// <summary>A round never ended: what it holds is not left over, and cannot be told from what is.</summary>
    internal bool HasHung { get; private set; }

    internal void Add(string name, Round round, Exception? failure)
    {
        lock (_lock)
        {
            Entry entry = _entries[name];
            entry.Rounds++;
            entry.Bytes += round.Moved.Written;
            Rounds++;
            Bytes += round.Moved.Written;
            BytesInKernel += round.Moved.InKernel;
            if (failure is not null)
            {
                entry.Failures++;
                Failures++;
                HasHung |= failure is HangException;
            }
        }
    }

    /// <summary>A line for each kind that ran.</summary>
    /// <returns>How many kinds passed, and how many failed.</returns>
    internal (int Passed, int Failed) Report()
    {
        KeyValuePair<string, Entry>[] ran = [.. _entries.Where(entry => entry.Value.Rounds > 0)];
        foreach ((string name, Entry entry) in ran)
        {
            Console.WriteLine($"  {name,-14} {entry.Rounds,8} rounds {entry.Bytes / (double)(1 << 30),8:f2} GiB  "
                + (entry.Failures == 0 ? "ok" : $"{entry.Failures} FAILED"));
        }

        int failed = ran.Count(entry => entry.Value.Failures > 0);
        return (ran.Length - failed, failed);
    }

    private sealed class Entry
    {
        internal long Rounds { get; set; }

        internal long Failures { get; set; }

        internal long Bytes { get; set; }
    }
}
