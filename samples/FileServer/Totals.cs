namespace Zerocopy.Samples.FileServer;

/// <summary>What all connections did together, by mechanism.</summary>
internal sealed class Totals
{
    private readonly long[] _answers = new long[6];
    private long _connections;
    private long _broken;
    private long _sendfile;
    private long _spliced;
    private long _copied;

    internal void AddConnection() => Interlocked.Increment(ref _connections);

    internal void AddAnswer(int status) => Interlocked.Increment(ref _answers[status / 100]);

    /// <summary>A connection that ended within an answer or a body.</summary>
    internal void AddBroken() => Interlocked.Increment(ref _broken);

    internal void Add(in TransferResult body)
    {
        _ = Interlocked.Add(ref _sendfile, body.BytesSendfile);
        _ = Interlocked.Add(ref _spliced, body.BytesSpliced);
        _ = Interlocked.Add(ref _copied, body.BytesBuffered);
    }

    /// <summary>Bytes that no transfer has moved.</summary>
    internal void AddCopied(int bytes) => Interlocked.Add(ref _copied, bytes);

    public override string ToString()
    {
        IEnumerable<string> answers = _answers.Select((count, kind) => (Kind: kind, Count: count))
            .Where(answer => answer.Count > 0)
            .Select(answer => $"{answer.Kind}xx {answer.Count}")
            .DefaultIfEmpty("none");
        return $"connections: {_connections}, {_broken} broken; answers: {string.Join(", ", answers)}; "
            + $"bytes: {_sendfile} by sendfile, {_spliced} spliced, {_copied} copied";
    }
}
