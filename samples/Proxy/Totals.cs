namespace Zerocopy.Samples.Proxy;

/// <summary>What all relays did together.</summary>
internal sealed class Totals
{
    private readonly long[] _ends = new long[Enum.GetValues<RelayEnd>().Length];
    private long _spliced;
    private long _copied;
    private long _refused;
    private long _unserved;

    internal void Add(in RelayResult relay)
    {
        Interlocked.Increment(ref _ends[(int)relay.EndedBy]);
        Interlocked.Add(ref _spliced, relay.LeftToRight.BytesSpliced + relay.RightToLeft.BytesSpliced);
        Interlocked.Add(ref _copied, relay.LeftToRight.BytesBuffered + relay.RightToLeft.BytesBuffered);
        if ((relay.LeftToRight.FallbackError | relay.RightToLeft.FallbackError) != 0)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    /// <summary>A connection for which there was no relay: its target did not answer.</summary>
    internal void AddUnserved() => Interlocked.Increment(ref _unserved);

    public override string ToString()
    {
        List<string> ends = [];
        for (int i = 0; i < _ends.Length; i++)
        {
            if (_ends[i] > 0)
            {
                ends.Add($"{(RelayEnd)i} {_ends[i]}");
            }
        }

        if (_unserved > 0)
        {
            ends.Add($"NotConnected {_unserved}");
        }

        string refused = _refused > 0 ? $", splice refused in {_refused}" : "";
        return $"relays: {_ends.Sum()}, bytes: {_spliced} spliced, {_copied} copied{refused}; "
            + $"ended by: {(ends.Count > 0 ? string.Join(", ", ends) : "none")}";
    }
}
