// Bytes that say where in the stream they belong.
using System.Runtime.InteropServices;
using Xunit;

namespace Zerocopy.Conformance.Harness;

/// <summary>A long stream of which every byte depends on its position: a loss, a repeat or a swap shows.</summary>
/// <remarks>Random bytes with a prime period: no buffer, page or segment size divides it.</remarks>
internal sealed class Pattern
{
    private const int Period = 1_048_573;

    private readonly byte[] _table = new byte[2 * Period];

    internal Pattern(int seed)
    {
        new Random(seed).NextBytes(_table.AsSpan(0, Period));
        _table.AsSpan(0, Period).CopyTo(_table.AsSpan(Period));
    }

    /// <summary>The stream that tests use unless they need two different ones.</summary>
    internal static Pattern Default { get; } = new(17);

    /// <summary>A different one, for the other direction.</summary>
    internal static Pattern Other { get; } = new(42);

    /// <summary>A piece of it, at most a period long; not to be written to.</summary>
    internal ReadOnlyMemory<byte> Slice(long position, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Period);
        return _table.AsMemory((int)(position % Period), length);
    }

    internal byte[] Bytes(long position, int length)
    {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length;)
        {
            int part = Math.Min(length - done, Period);
            Slice(position + done, part).Span.CopyTo(bytes.AsSpan(done));
            done += part;
        }

        return bytes;
    }

    /// <summary>Fails where <paramref name="bytes"/> is not the piece at <paramref name="position"/>.</summary>
    internal void AssertEqual(ReadOnlySpan<byte> bytes, long position = 0)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int part = Math.Min(bytes.Length - done, Period);
            ReadOnlySpan<byte> expected = Slice(position + done, part).Span;
            ReadOnlySpan<byte> actual = bytes.Slice(done, part);
            int same = MemoryExtensions.CommonPrefixLength(expected, actual);
            if (same < part)
            {
                Assert.Fail($"byte {position + done + same} is 0x{actual[same]:x2}, expected 0x{expected[same]:x2}; "
                    + $"the {Math.Min(16, part - same)} bytes from there on {Locate(actual[same..])}");
            }

            done += part;
        }
    }

    // Where in the stream would these bytes belong? Tells a loss from garbage.
    private string Locate(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 8)
        {
            return "are too few to tell";
        }

        int at = _table.AsSpan().IndexOf(bytes[..Math.Min(16, bytes.Length)]);
        return at < 0 ? "are not of this stream" : $"belong to position {at} of every {Period}";
    }

    internal static ReadOnlyMemory<byte> Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);

    internal static ArraySegment<byte> Segment(ReadOnlyMemory<byte> memory)
    {
        Assert.True(MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment));
        return segment;
    }
}
