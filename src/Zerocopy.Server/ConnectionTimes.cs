using System.Diagnostics;

namespace Zerocopy.Server;

/// <summary>When what happened to a connection, if anybody wants to know. A field of it.</summary>
internal struct ConnectionTimes
{
    private const int Directions = 2;

    private bool _isWanted;
    private long _accepted;
    private long _connected;
    private long _firstUp;
    private long _firstDown;
    private long _endUp;
    private long _endDown;

    internal DateTimeOffset AcceptedAt { get; private set; }

    internal readonly TimeSpan? ConnectedAfter => After(_connected);

    internal readonly TimeSpan UntilNow => Stopwatch.GetElapsedTime(_accepted);

    internal void Begin(bool isWanted)
    {
        this = default;
        _isWanted = isWanted;
        if (isWanted)
        {
            _accepted = Stopwatch.GetTimestamp();
            AcceptedAt = DateTimeOffset.UtcNow;
        }
    }

    internal void Connected() => _connected = _isWanted ? Stopwatch.GetTimestamp() : 0;

    /// <summary>After each turn.</summary>
    internal void Look(Flow[] flows)
    {
        if (_isWanted)
        {
            Debug.Assert(flows.Length == Directions);
            Look(flows[0], ref _firstUp, ref _endUp);
            Look(flows[1], ref _firstDown, ref _endDown);
        }
    }

    internal readonly TimeSpan? FirstByteAfter(int direction) => After(direction == 0 ? _firstUp : _firstDown);

    internal readonly TimeSpan? EndAfter(int direction) => After(direction == 0 ? _endUp : _endDown);

    private static void Look(Flow flow, ref long first, ref long end)
    {
        if (first == 0 && flow.Counters.Written > 0)
        {
            first = Stopwatch.GetTimestamp();
        }

        if (end == 0 && flow.IsEnded)
        {
            end = Stopwatch.GetTimestamp();
        }
    }

    private readonly TimeSpan? After(long time) => time == 0 ? null : Stopwatch.GetElapsedTime(_accepted, time);
}
