// What bytes a stream holds: a function of the stream's number and the position, so that a queue or a pipe of the model
// keeps ranges instead of bytes, and every byte that arrives can still be compared.
namespace Zerocopy.Properties.Simulation;

/// <summary>Bytes at a position of a stream.</summary>
internal readonly record struct SimRange(int Stream, long Start, int Length);

internal static class SimContent
{
    /// <summary>The stream of bytes that are none of the flow's.</summary>
    internal const int Foreign = -1;

    private const int Period = (1 << 21) - 9; // Prime: no piece size divides it.
    private const int LengthMax = 1 << 20;

    private static readonly byte[] s_bytes = Make();

    internal static ReadOnlySpan<byte> At(int stream, long position, int length)
    {
        int start = (int)((position + (stream * 611_953L)) % Period);
        return s_bytes.AsSpan(start, length);
    }

    internal static ReadOnlyMemory<byte> Memory(int stream, long position, int length)
    {
        int start = (int)((position + (stream * 611_953L)) % Period);
        return s_bytes.AsMemory(start, length);
    }

    private static byte[] Make()
    {
        byte[] bytes = new byte[Period + LengthMax];
        SimRandom random = new(42);
        for (int i = 0; i < Period; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        bytes.AsSpan(0, LengthMax).CopyTo(bytes.AsSpan(Period));
        return bytes;
    }
}
