namespace Zerocopy.Bench.Load.Children;

/// <summary>A stream whose every byte is known from its position: loss, repetition and disorder show.</summary>
internal sealed class Pattern
{
    /// <summary>Prime, so that no chunk size divides it.</summary>
    private const int Period = 1_048_573;

    private readonly byte[] _bytes;

    /// <param name="sliceMax">The longest slice that will be asked for.</param>
    internal Pattern(int sliceMax)
    {
        _bytes = new byte[Period + sliceMax];
        uint state = 2463534242;
        for (int i = 0; i < Period; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            _bytes[i] = (byte)state;
        }

        for (int i = Period; i < _bytes.Length; i++)
        {
            _bytes[i] = _bytes[i - Period];
        }
    }

    internal ReadOnlySpan<byte> Slice(long position, int length) => _bytes.AsSpan((int)(position % Period), length);

    /// <summary>The next bytes of a stream are what they should be.</summary>
    /// <param name="bytes">Of the stream.</param>
    /// <param name="position">How many came before.</param>
    /// <param name="wrap">The pattern starts again after so many bytes; 0: never.</param>
    internal bool Matches(ReadOnlySpan<byte> bytes, long position, long wrap = 0)
    {
        while (bytes.Length > 0)
        {
            long at = wrap == 0 ? position : position % wrap;
            int length = wrap == 0 ? bytes.Length : (int)Math.Min(bytes.Length, wrap - at);
            if (!bytes[..length].SequenceEqual(Slice(at, length)))
            {
                return false;
            }

            bytes = bytes[length..];
            position += length;
        }

        return true;
    }
}
