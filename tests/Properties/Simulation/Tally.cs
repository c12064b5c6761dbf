// What all schedules of a run did together: the histogram of results.
using System.Text;

namespace Zerocopy.Properties.Simulation;

internal sealed class Tally
{
    private readonly SortedDictionary<string, int> _results = new(StringComparer.Ordinal);
    private readonly List<int> _calls = [];
    private long _spliced;
    private long _buffered;

    internal int Schedules => _calls.Count;

    internal int MedianCalls => _calls.Order().ElementAt(_calls.Count / 2);

    internal void Add(CallTrace trace)
    {
        _calls.Add(trace.Calls);
        _spliced += trace.Spliced;
        _buffered += trace.Buffered;
        foreach (((string call, string result), int times) in trace.Results)
        {
            string key = $"{call}: {result}";
            _results[key] = _results.GetValueOrDefault(key) + times;
        }
    }

    /// <summary>What was answered too seldom for the laws to be asked about it: of those results, and of any other of
    /// the same calls.</summary>
    internal IEnumerable<string> SeenLessThan(int times, string[] legal)
    {
        HashSet<string> calls = [.. legal.Select(CallOf)];
        return legal.Union(_results.Keys.Where(result => calls.Contains(CallOf(result))))
            .Where(result => _results.GetValueOrDefault(result) < times)
            .Select(result => $"{result} {_results.GetValueOrDefault(result)}");
    }

    public override string ToString()
    {
        StringBuilder text = new();
        _ = text.AppendLine($"{Schedules} schedules, {_calls.Sum(calls => (long)calls)} calls, median {MedianCalls}, " +
            $"max {_calls.Max()}; {_spliced >> 20} MiB spliced, {_buffered >> 20} MiB sent");
        foreach ((string result, int times) in _results)
        {
            _ = text.AppendLine($"  {times,9} {result}");
        }

        return text.ToString();
    }

    private static string CallOf(string result) => result[..result.IndexOf(':', StringComparison.Ordinal)];
}
