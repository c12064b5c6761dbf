namespace Zerocopy.Samples.Recorder;

/// <summary>What all connections did together, by mechanism and hop: into the sockets, into the tees, into the
/// files.</summary>
internal sealed class Totals
{
    private long _connections;
    private long _unwatched;
    private long _dropped;
    private long _socketsSpliced;
    private long _socketsCopied;
    private long _teed;
    private long _teesCopied;
    private long _filesSpliced;
    private long _filesCopied;

    internal void Add(in TransferResult came, in Shown shown, in Recorded recorded)
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Add(ref _unwatched, shown.Left is null ? 0 : 1);
        Interlocked.Add(ref _socketsSpliced, shown.Live.BytesSpliced + shown.Back.BytesSpliced);
        Interlocked.Add(ref _socketsCopied, shown.Live.BytesBuffered + shown.Back.BytesBuffered);
        Interlocked.Add(ref _teed, came.Mirror?.BytesTeed ?? 0);
        Interlocked.Add(ref _teesCopied, came.Mirror?.BytesCopied ?? 0);
        Interlocked.Add(ref _filesSpliced, recorded.Spliced);
        Interlocked.Add(ref _filesCopied, recorded.Copied);
    }

    /// <summary>A connection that could not be served.</summary>
    internal void AddDropped() => Interlocked.Increment(ref _dropped);

    public override string ToString()
        => $"connections: {_connections}{(_unwatched == 0 ? "" : $", {_unwatched} not watched to the end")}"
            + $"{(_dropped == 0 ? "" : $", and {_dropped} dropped")}; "
            + $"bytes to sockets: {_socketsSpliced} spliced, {_socketsCopied} copied; "
            + $"to tees: {_teed} teed, {_teesCopied} copied; "
            + $"to files: {_filesSpliced} spliced, {_filesCopied} copied";
}
