// Streams of the test's own: one gives a known content in pieces of its own choice, one compares what it gets.
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Identity;

/// <summary>Reads the content of a script; short reads and pauses as it likes.</summary>
internal sealed class ContentStream(PeerScript script) : OneWayStream
{
    private readonly SimRandom _random = new(script.Seed);

    /// <summary>Bytes given so far.</summary>
    internal int Given { get; private set; }

    public override bool CanRead => true;

    public override int Read(Span<byte> buffer)
    {
        script.Pause(_random);
        return Give(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await script.PauseAsync(_random, cancellationToken);
        return Give(buffer.Span);
    }

    private int Give(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0; // Asked whether a read would wait.
        }

        int most = Math.Min(buffer.Length, script.Bytes - Given);
        int count = most == 0 ? 0 : Math.Min(most, _random.Between(1, script.ChunkMax));
        SimContent.At(script.Stream, script.Start + Given, count).CopyTo(buffer);
        Given += count;
        return count;
    }
}

/// <summary>Compares what is written to it with the stream of a script.</summary>
internal sealed class ComparingStream(PeerScript script) : OneWayStream
{
    private readonly SimRandom _random = new(script.Seed);

    /// <summary>Bytes that came, all of them right.</summary>
    internal long Got { get; private set; }

    public override bool CanWrite => true;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        script.Pause(_random);
        PipePeers.Compare(buffer, script.Stream, script.Start + Got);
        Got += buffer.Length;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await script.PauseAsync(_random, cancellationToken);
        PipePeers.Compare(buffer.Span, script.Stream, script.Start + Got);
        Got += buffer.Length;
    }
}

/// <summary>What both have in common: everything that they do not do.</summary>
internal abstract class OneWayStream : Stream
{
    public override bool CanRead => false;

    public override bool CanWrite => false;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
