using System.Buffers;
using System.Globalization;
using System.Text;

namespace Zerocopy.Samples.FileServer;

/// <summary>Reads a head as RFC 9112 has it. In doubt it refuses: what two servers read differently is how requests are
/// smuggled.</summary>
internal static class HeadParser
{
    private static readonly SearchValues<byte> s_token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    // All but the tab and what can be seen; from 0x80 on it is somebody's text.
    private static readonly SearchValues<byte> s_control = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(code => code != '\t').Append(127).Select(code => (byte)code)]);

    /// <param name="head">Lines that end in CR LF, the last one empty.</param>
    /// <exception cref="HttpException">It is no proper head.</exception>
    internal static RequestHead Parse(ReadOnlySpan<byte> head)
    {
        RequestHead request = ParseRequestLine(NextLine(ref head));
        Framing framing = default;
        for (ReadOnlySpan<byte> line; (line = NextLine(ref head)).Length > 0;)
        {
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(s_token))
            {
                throw new HttpException(400, "a field is a name, a colon and a value");
            }

            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (value.ContainsAny(s_control))
            {
                throw new HttpException(400, "a control character in a field");
            }

            Take(request, line[..colon], Encoding.Latin1.GetString(value), ref framing);
        }

        framing.Check(request);
        return request;
    }

    private static ReadOnlySpan<byte> NextLine(scoped ref ReadOnlySpan<byte> head)
    {
        int end = head.IndexOf("\r\n"u8);
        ReadOnlySpan<byte> line = head[..end];
        head = head[(end + 2)..];
        return line;
    }

    private static RequestHead ParseRequestLine(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || first == last || line[..first].ContainsAnyExcept(s_token))
        {
            throw new HttpException(400, "a request is METHOD TARGET HTTP/1.1");
        }

        ReadOnlySpan<byte> version = line[(last + 1)..];
        bool isHttp10 = version.SequenceEqual("HTTP/1.0"u8);
        if (!isHttp10 && !version.SequenceEqual("HTTP/1.1"u8))
        {
            bool isOther = version.Length == 8 && version.StartsWith("HTTP/"u8) && char.IsAsciiDigit((char)version[5])
                && version[6] == '.' && char.IsAsciiDigit((char)version[7]);
            throw isOther ? new HttpException(505, "HTTP/1.1 is spoken here") : new HttpException(400, "no HTTP");
        }

        string method = Encoding.ASCII.GetString(line[..first]);
        RequireKnown(method);
        return new RequestHead
        {
            Method = method,
            Path = RequestPath.Parse(line[(first + 1)..last]),
            IsHttp10 = isHttp10,
            KeepsAlive = !isHttp10,
        };
    }

    /// <summary>What is not served here is refused by its route, which knows what is.</summary>
    private static void RequireKnown(string method)
    {
        _ = method is "GET" or "HEAD" or "PUT" or "POST" or "DELETE" or "OPTIONS" or "PATCH" or "TRACE" or "CONNECT"
            ? true : throw new HttpException(501, "a method that nobody knows");
    }

    private static void Take(RequestHead request, ReadOnlySpan<byte> name, string value, ref Framing framing)
    {
        if (Is(name, "host"u8))
        {
            framing.Hosts++;
        }
        else if (Is(name, "content-length"u8))
        {
            framing.TakeLength(request, value);
        }
        else if (Is(name, "transfer-encoding"u8))
        {
            framing.IsEncoded = true;
        }
        else if (Is(name, "connection"u8))
        {
            TakeConnection(request, value);
        }
        else if (Is(name, "expect"u8))
        {
            request.ExpectsContinue = value.Equals("100-continue", StringComparison.OrdinalIgnoreCase)
                ? true : throw new HttpException(417, "no such expectation can be met");
        }
        else if (Is(name, "content-range"u8))
        {
            request.HasContentRange = true;
        }
        else if (Is(name, "range"u8))
        {
            request.Range = Join(request.Range, value);
        }
        else if (Is(name, "if-range"u8))
        {
            request.IfRange = Join(request.IfRange, value);
        }
        else if (Is(name, "if-none-match"u8))
        {
            request.IfNoneMatch = Join(request.IfNoneMatch, value);
        }
        else if (Is(name, "if-modified-since"u8))
        {
            request.IfModifiedSince = Join(request.IfModifiedSince, value);
        }
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(name, lower);

    private static string Join(string? before, string value) => before is null ? value : $"{before}, {value}";

    private static void TakeConnection(RequestHead request, string value)
    {
        foreach (string option in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (option.Equals("close", StringComparison.OrdinalIgnoreCase))
            {
                request.KeepsAlive = false;
                return;
            }

            request.KeepsAlive |= option.Equals("keep-alive", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>The fields that say where the request ends.</summary>
    private struct Framing
    {
        internal int Hosts;
        internal bool IsEncoded;

        internal readonly void TakeLength(RequestHead request, string value)
        {
            bool isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long length);
            if (request.ContentLength is not null || !isNumber)
            {
                throw new HttpException(400, "one Content-Length, a number");
            }

            request.ContentLength = length;
        }

        internal readonly void Check(RequestHead request)
        {
            if (IsEncoded)
            {
                throw request.ContentLength is null && !request.IsHttp10
                    ? new HttpException(501, "no Transfer-Encoding here: say Content-Length")
                    : new HttpException(400, "Transfer-Encoding where it must not be");
            }

            if (Hosts > 1 || (Hosts == 0 && !request.IsHttp10))
            {
                throw new HttpException(400, "one Host");
            }
        }
    }
}
