// The one source of chance of a schedule: the same seed makes the same choices on every machine and runtime.
namespace Zerocopy.Properties.Simulation;

/// <summary>SplitMix64.</summary>
internal sealed class SimRandom(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    internal int Below(int bound) => (int)(Next() % (uint)bound);

    /// <summary>Both ends included.</summary>
    internal int Between(int low, int high) => low + Below(high - low + 1);

    internal bool Chance(int percent) => Below(100) < percent;

    internal T Pick<T>(ReadOnlySpan<T> choices) => choices[Below(choices.Length)];
}
