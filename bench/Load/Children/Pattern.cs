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
}
