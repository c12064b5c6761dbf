namespace Zerocopy.Samples.FileServer;

/// <summary>What one connection did, or all of them together, by mechanism.</summary>
/// <param name="all">Of a connection's: gets the same.</param>
internal sealed class Totals(Totals? all = null)
{
    private readonly long[] _answers = new long[6];
    private long _connections;
    private long _broken;
    private long _sendfile;
    private long _spliced;
    private long _copied;

    internal void AddConnection() => Interlocked.Increment(ref _connections);

    internal void AddAnswer(int status)
    {
        _ = Interlocked.Increment(ref _answers[status / 100]);
        all?.AddAnswer(status);
    }

    /// <summary>A connection that ended within an answer or a body.</summary>
    internal void AddBroken() => Interlocked.Increment(ref _broken);

    internal void Add(in TransferResult body)
    {
        all?.Add(body);
        _ = Interlocked.Add(ref _sendfile, body.BytesSendfile);
        _ = Interlocked.Add(ref _spliced, body.BytesSpliced);
        _ = Interlocked.Add(ref _copied, body.BytesBuffered);
    }

    /// <summary>Bytes that no transfer has moved.</summary>
    internal void AddCopied(int bytes)
    {
        _ = Interlocked.Add(ref _copied, bytes);
        all?.AddCopied(bytes);
    }

    public override string ToString() => $"connections: {_connections}, {_broken} broken; {Work()}";

    /// <summary>What was answered, and by which means.</summary>
    internal string Work()
    {
        IEnumerable<string> answers = _answers.Select((count, kind) => (Kind: kind, Count: count))
            .Where(answer => answer.Count > 0)
            .Select(answer => $"{answer.Kind}xx {answer.Count}")
            .DefaultIfEmpty("none");
        return $"answers: {string.Join(", ", answers)}; "
            + $"bytes: {_sendfile} by sendfile, {_spliced} spliced, {_copied} copied";
    }
}
