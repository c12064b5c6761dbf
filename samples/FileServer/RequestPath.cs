using System.Globalization;
using System.Text;

namespace Zerocopy.Samples.FileServer;

/// <summary>The path of a request's target: decoded, split, and without a step upwards.</summary>
/// <param name="Segments">Its names, none of them empty, "." or "..".</param>
/// <param name="EndsInSlash">It asks for a folder.</param>
internal readonly record struct RequestPath(string[] Segments, bool EndsInSlash)
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="HttpException">It is none, or leads upwards.</exception>
    internal static RequestPath Parse(ReadOnlySpan<byte> target)
    {
        if (target.StartsWith("http://"u8))
        {
            int slash = target[7..].IndexOf((byte)'/'); // As it is said to a proxy; every server has to take it.
            target = slash < 0 ? "/"u8 : target[(7 + slash)..];
        }

        if (target.Length == 0 || target[0] != '/' || target.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            || target.Contains((byte)'#'))
        {
            throw new HttpException(400, "no target that can be served");
        }

        int question = target.IndexOf((byte)'?');
        string path = Decode(question < 0 ? target : target[..question]);

        // Split after decoding: %2F and %2e%2e are what they stand for.
        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Any(segment => segment is "." or "..")
            ? throw new HttpException(400, "a path leads downwards only")
            : new RequestPath(segments, path[^1] == '/');
    }

    private static string Decode(ReadOnlySpan<byte> path)
    {
        byte[] bytes = new byte[path.Length];
        int count = 0;
        for (int i = 0; i < path.Length; i++)
        {
            byte next = path[i];
            if (next == '%')
            {
                ReadOnlySpan<byte> digits = path[(i + 1)..Math.Min(i + 3, path.Length)];
                if (digits.Length < 2 || !byte.TryParse(
                    digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out next))
                {
                    throw new HttpException(400, "% is followed by two hexadecimal digits");
                }

                i += 2;
            }

            bytes[count++] = next >= ' ' ? next : throw new HttpException(400, "a control character in the path");
        }

        try
        {
            return s_strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            throw new HttpException(400, "the path is no UTF-8");
        }
    }
}
