using System.Buffers.Binary;

namespace Zerocopy.Samples.Proxy;

/// <summary>What a connection of the demo is for.</summary>
internal enum DemoKind
{
    /// <summary>The client asks, the upstream answers each question by its bytes inverted.</summary>
    Ask,

    /// <summary>The upstream sends real files, and both sides hash them.</summary>
    Hash,

    /// <summary>The upstream sends the same bytes over and over, and nobody looks at them.</summary>
    Count,
}

/// <summary>What each connection of the demo begins with: its kind, and how many bytes or questions.</summary>
internal static class DemoMessage
{
    internal const int RequestBytes = 1024;
    internal const int HeaderBytes = 1 + sizeof(long);
    internal const int ChunkBytes = 256 * 1024;

    internal static byte[] Header(DemoKind kind, long count)
    {
        byte[] header = new byte[HeaderBytes];
        header[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(1), count);
        return header;
    }

    internal static (DemoKind Kind, long Count) Read(ReadOnlySpan<byte> header)
        => ((DemoKind)header[0], BinaryPrimitives.ReadInt64LittleEndian(header[1..]));
}
