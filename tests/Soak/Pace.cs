// How fast a peer is, and how that changes: what was the bottleneck is not any more, and comes back.
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak;

/// <summary>Sizes of calls and pauses between them. For one thread.</summary>
/// <param name="seed">Of all that is left to chance.</param>
internal sealed class Pace(ulong seed)
{
    private const int SlowPhasesMax = 5; // Together a second and a half at most: a round has to end.
    private const int StallMsMax = 400;

    private readonly SimRandom _random = new(seed);
    private int _chunkMax;
    private int _callsLeft;
    private int _slowPhases;
    private bool _isSteady;
    private bool _isSlow;
    private bool _hasBegun;
    private long _calls;

    /// <summary>How often it was asked. Any thread.</summary>
    internal long Calls => Volatile.Read(ref _calls);

    /// <summary>Pauses, if it is time to.</summary>
    /// <returns>How many bytes to ask for.</returns>
    internal int Next()
    {
        Volatile.Write(ref _calls, _calls + 1);
        if (!_hasBegun)
        {
            _hasBegun = true;
            _isSteady = _random.Chance(40);
            _isSlow = _random.Chance(50); // The first phase is the other one.
        }

        if (_callsLeft-- <= 0)
        {
            BeginPhase();
        }

        if (_isSlow)
        {
            Thread.Sleep(_random.Between(1, 3));
        }

        return _random.Between(1, _chunkMax);
    }

    private void BeginPhase()
    {
        _isSlow = !_isSlow && !_isSteady && _slowPhases < SlowPhasesMax;
        if (_isSlow)
        {
            _slowPhases++;
            _callsLeft = _random.Between(5, 80);
            _chunkMax = _random.Pick<int>([100, 4096, 20_000]);
            if (_random.Chance(10))
            {
                Thread.Sleep(_random.Between(1, StallMsMax));
            }
        }
        else
        {
            _callsLeft = _random.Between(10, 400);
            _chunkMax = _random.Pick<int>([2000, 16_384, 65_536, Crew.BufferBytes]);
        }
    }
}
