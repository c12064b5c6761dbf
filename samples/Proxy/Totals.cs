namespace Zerocopy.Samples.Proxy;

/// <summary>What all relays did together.</summary>
internal sealed class Totals
{
    private readonly long[] _ends = new long[Enum.GetValues<RelayEnd>().Length];
    private long _spliced;
    private long _copied;
    private long _refused;
    private long _notConnected;

    internal void Add(in RelayResult relay)
    {
        (TransferResult up, TransferResult down) = (relay.LeftToRight, relay.RightToLeft);
        Interlocked.Increment(ref _ends[(int)relay.EndedBy]);
        Interlocked.Add(ref _spliced, up.BytesSpliced + down.BytesSpliced);
        Interlocked.Add(ref _copied, up.BytesBuffered + down.BytesBuffered);
        Interlocked.Add(ref _refused, (up.FallbackError | down.FallbackError) == 0 ? 0 : 1);
    }

    /// <summary>A connection without a relay: its target did not answer.</summary>
    internal void AddNotConnected() => Interlocked.Increment(ref _notConnected);

    public override string ToString()
    {
        IEnumerable<string> ends = _ends.Select((count, end) => (Name: $"{(RelayEnd)end}", Count: count))
            .Append((Name: "NotConnected", Count: _notConnected))
            .Where(end => end.Count > 0)
            .Select(end => $"{end.Name} {end.Count}")
            .DefaultIfEmpty("none");
        string refused = _refused == 0 ? "" : $", splice refused in {_refused}";
        return $"relays: {_ends.Sum()}, bytes: {_spliced} spliced, {_copied} copied{refused}; "
            + $"ended by: {string.Join(", ", ends)}";
    }
}
