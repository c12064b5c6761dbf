namespace Zerocopy.Samples.Recorder;

/// <summary>What all connections did together, by mechanism and hop: into the sockets, into the tees, into the
/// files.</summary>
internal sealed class Totals
{
    private long _connections;
    private long _notConnected;
    private long _socketsSpliced;
    private long _socketsCopied;
    private long _teed;
    private long _teesCopied;
    private long _filesSpliced;
    private long _filesCopied;

    internal void Add(in RelayResult relay, in Recorded recorded)
    {
        (TransferResult live, TransferResult back) = (relay.LeftToRight, relay.RightToLeft);
        Interlocked.Increment(ref _connections);
        Interlocked.Add(ref _socketsSpliced, live.BytesSpliced + back.BytesSpliced);
        Interlocked.Add(ref _socketsCopied, live.BytesBuffered + back.BytesBuffered);
        Interlocked.Add(ref _teed, live.Mirror?.BytesTeed ?? 0);
        Interlocked.Add(ref _teesCopied, live.Mirror?.BytesCopied ?? 0);
        Interlocked.Add(ref _filesSpliced, recorded.Spliced);
        Interlocked.Add(ref _filesCopied, recorded.Copied);
    }

    /// <summary>A connection without a relay: its target did not answer.</summary>
    internal void AddNotConnected() => Interlocked.Increment(ref _notConnected);

    public override string ToString()
        => $"connections: {_connections}{(_notConnected == 0 ? "" : $" and {_notConnected} not connected")}; "
            + $"bytes to sockets: {_socketsSpliced} spliced, {_socketsCopied} copied; "
            + $"to tees: {_teed} teed, {_teesCopied} copied; "
            + $"to files: {_filesSpliced} spliced, {_filesCopied} copied";
}
