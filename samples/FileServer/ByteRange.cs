using System.Globalization;

namespace Zerocopy.Samples.FileServer;

/// <summary>Which bytes of a file are asked for.</summary>
/// <param name="Start">The first one.</param>
/// <param name="Length">How many.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    private const string Unit = "bytes=";

    internal long End => Start + Length - 1;

    /// <returns>Null where the whole file is the answer: no range, several, or of another unit.</returns>
    /// <exception cref="HttpException">416: none of these bytes is there, or it is no range.</exception>
    internal static ByteRange? Parse(string? field, long fileBytes)
    {
        if (field is null || !field.StartsWith(Unit, StringComparison.OrdinalIgnoreCase)
            || field.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        ReadOnlySpan<char> range = field.AsSpan(Unit.Length).Trim();
        int dash = range.IndexOf('-');
        if (dash < 0)
        {
            throw Unsatisfiable(fileBytes);
        }

        long? first = Number(range[..dash], fileBytes);
        long? last = Number(range[(dash + 1)..], fileBytes);
        (long start, long end) = (first, last) switch
        {
            (null, { } suffix) => (fileBytes - Math.Min(suffix, fileBytes), fileBytes - 1),
            ({ } from, null) => (from, fileBytes - 1),
            ({ } from, { } to) when from <= to => (from, Math.Min(to, fileBytes - 1)),
            _ => throw Unsatisfiable(fileBytes),
        };
        return start <= end ? new ByteRange(start, end - start + 1) : throw Unsatisfiable(fileBytes);
    }

    /// <summary>A number of any size: one that is too large for us is beyond the file's end all the same.</summary>
    private static long? Number(ReadOnlySpan<char> digits, long fileBytes)
    {
        if (digits.Length == 0)
        {
            return null;
        }

        if (digits.ContainsAnyExceptInRange('0', '9'))
        {
            throw Unsatisfiable(fileBytes);
        }

        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long n) ? n : long.MaxValue;
    }

    private static HttpException Unsatisfiable(long fileBytes)
        => new(416, "no such range", $"Content-Range: bytes */{fileBytes}");
}
