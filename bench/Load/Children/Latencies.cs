using System.Diagnostics;

namespace Zerocopy.Bench.Load.Children;

/// <summary>How long each of many things took.</summary>
internal sealed class Latencies
{
    private readonly List<long> _ticks = new(1 << 16);

    internal void Add(long ticks) => _ticks.Add(ticks);

    internal void AddAll(Latencies others) => _ticks.AddRange(others._ticks);

    /// <summary>As answers have it: how many, in how many seconds, and p50, p99 and p99.9 in microseconds.</summary>
    internal string Summary(double seconds)
    {
        _ticks.Sort();
        return $"{_ticks.Count} {seconds} {Quantile(0.5)} {Quantile(0.99)} {Quantile(0.999)}";
    }

    private double Quantile(double share) => _ticks[(int)(_ticks.Count * share)] * 1e6 / Stopwatch.Frequency;
}
