using System.Net.Sockets;

namespace Zerocopy.Samples.FileServer;

/// <summary>What a route needs to answer: the connection, the request that is being answered, and the rest of the
/// server.</summary>
internal sealed class Exchange(
    Socket socket, HeadReader reader, WebRoot root, ServerOptions options, Totals totals, Action<string> report)
{
    private readonly ResponseHead _head = new();

    internal Socket Socket => socket;

    internal HeadReader Reader => reader;

    internal WebRoot Root => root;

    internal ServerOptions Options => options;

    internal RequestHead Request { get; private set; } = null!;

    /// <summary>The connection ends after this answer, and the client is told so.</summary>
    internal bool Closes { get; set; }

    internal void Begin(RequestHead request, bool closes)
    {
        Request = request;
        Closes = closes || !request.KeepsAlive || (request.HasBody && request.Method != "PUT"); // Nobody reads it.
    }

    /// <summary>Begins the head of an answer.</summary>
    internal ResponseHead Head(int status)
    {
        totals.AddAnswer(status);
        return _head.Begin(status);
    }

    /// <summary>Moves so many bytes, after a prefix that is in memory.</summary>
    /// <exception cref="IOException">An end failed, stalled, or had not that many.</exception>
    internal void Move(
        TransferEndpoint source, TransferEndpoint destination, long count, ReadOnlyMemory<byte> prefix)
    {
        TransferOptions transfer = new()
        {
            LimitBytes = count,
            Prefix = prefix,
            Mode = options.Mode,
            IdleTimeout = options.IdleTimeout,
        };
        try
        {
            TransferResult moved = Transfer.Copy(source, destination, transfer);
            totals.Add(moved);
            if (moved.BytesConsumed != count)
            {
                throw new EndOfStreamException($"{moved.BytesConsumed} of {count} bytes came");
            }
        }
        catch (Exception e) when (e is ITransferFailure failure)
        {
            totals.Add(failure.Progress);
            throw;
        }
    }

    /// <summary>Counts what was moved otherwise.</summary>
    internal void Add(in TransferResult moved) => totals.Add(moved);

    /// <summary>Counts what no transfer has moved.</summary>
    internal void AddCopied(int bytes) => totals.AddCopied(bytes);

    /// <summary>Sends an answer that has no body, or a few words.</summary>
    internal void Send(ReadOnlyMemory<byte> answer)
    {
        totals.AddCopied(answer.Length);
        while (answer.Length > 0)
        {
            answer = answer[socket.Send(answer.Span)..];
        }
    }

    /// <summary>Answers by an error.</summary>
    internal void Refuse(HttpException error, bool isHead)
    {
        string words = $"{error.Status} {ResponseHead.Phrase(error.Status)}: {error.Message}\n";
        ResponseHead head = Head(error.Status).AddLine(error.Header).Add("Content-Type", "text/plain")
            .Add("Content-Length", words.Length);
        Send(head.End(Closes, isHead ? "" : words));
    }

    internal void Report(string what) => report(what);
}
