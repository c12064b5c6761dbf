using System.Text;

namespace Zerocopy.Samples.FileServer;

/// <summary>Writes the head of an answer. One a connection, used over again: the transfer whose prefix it was is over
/// by then.</summary>
internal sealed class ResponseHead
{
    private readonly StringBuilder _text = new();
    private byte[] _bytes = new byte[512];

    internal ResponseHead Begin(int status)
    {
        _ = _text.Clear().Append("HTTP/1.1 ").Append(status).Append(' ').Append(Phrase(status)).Append("\r\nDate: ")
            .Append(HttpDate.Now).Append("\r\n");
        return this;
    }

    internal ResponseHead Add(string name, string value)
    {
        _ = _text.Append(name).Append(": ").Append(value).Append("\r\n");
        return this;
    }

    internal ResponseHead Add(string name, long value)
    {
        _ = _text.Append(name).Append(": ").Append(value).Append("\r\n");
        return this;
    }

    /// <param name="line">A name, a colon and a value; null: nothing.</param>
    internal ResponseHead AddLine(string? line)
    {
        _ = line is null ? _text : _text.Append(line).Append("\r\n");
        return this;
    }

    /// <param name="closes">The connection ends after this answer.</param>
    /// <param name="body">A few words, or none.</param>
    /// <returns>Valid until the next answer begins.</returns>
    internal ReadOnlyMemory<byte> End(bool closes, string body = "")
    {
        _ = _text.Append(closes ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n").Append(body);
        if (_bytes.Length < _text.Length)
        {
            _bytes = new byte[_text.Length * 2];
        }

        int count = 0;
        foreach (ReadOnlyMemory<char> chunk in _text.GetChunks())
        {
            count += Encoding.ASCII.GetBytes(chunk.Span, _bytes.AsSpan(count));
        }

        return _bytes.AsMemory(0, count);
    }

    internal static string Phrase(int status) => status switch
    {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        416 => "Range Not Satisfiable",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        507 => "Insufficient Storage",
        _ => "Error",
    };
}
