using System.Globalization;

namespace Zerocopy.Samples;

/// <summary>What can be typed after --rotate: 100MiB, 700MB, 4GiB.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] s_units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("B", 1), // Last: the others end in it too.
    ];

    /// <exception cref="FormatException">It is no size; the message says why.</exception>
    internal static long Parse(string text)
    {
        foreach ((string unit, long bytes) in s_units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                ReadOnlySpan<char> digits = text.AsSpan(0, text.Length - unit.Length).TrimEnd();
                bool isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count);
                if (isNumber && count > 0 && count <= long.MaxValue / bytes)
                {
                    return count * bytes;
                }

                break;
            }
        }

        throw new FormatException($"'{text}' is no size: a number and B, KB, MB, GB, KiB, MiB or GiB, such as 100MiB");
    }
}
