// A stream of the program, which does whatever a test has thought of.
namespace Zerocopy.Conformance.UserCode;

/// <summary>Sync and async calls do the same. What is not set ends the stream, or takes every byte.</summary>
internal sealed class HostileStream : Stream
{
    private readonly MemoryStream _written = new();

    /// <summary>Every read; gets where to and how often it was called before.</summary>
    public Func<Memory<byte>, int, ValueTask<int>>? Reads { get; init; }

    /// <summary>Every write, after its bytes were kept.</summary>
    public Func<CancellationToken, ValueTask>? Writes { get; init; }

    public Func<CancellationToken, Task>? Flushes { get; init; }

    public Action? Disposes { get; init; }

    public Func<bool>? SaysReadable { get; init; }

    public Func<bool>? SaysWritable { get; init; }

    /// <summary>The token of the last call.</summary>
    public CancellationToken Token { get; private set; }

    public int ReadsCount { get; private set; }

    public int DisposesCount { get; private set; }

    public byte[] Written => _written.ToArray();

    public override bool CanRead => SaysReadable?.Invoke() ?? true;

    public override bool CanWrite => SaysWritable?.Invoke() ?? true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new InvalidTimeZoneException("Position");
        set => throw new InvalidTimeZoneException("Position");
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Token = cancellationToken;
        return Reads?.Invoke(buffer, ReadsCount++) ?? new ValueTask<int>(0);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Token = cancellationToken;
        _written.Write(buffer.Span);
        return Writes?.Invoke(cancellationToken) ?? default;
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        return Flushes?.Invoke(cancellationToken) ?? Task.CompletedTask;
    }

    public override int Read(Span<byte> buffer)
    {
        byte[] bytes = new byte[buffer.Length];
        int count = ReadAsync(bytes).AsTask().GetAwaiter().GetResult();
        bytes.CopyTo(buffer);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
        => WriteAsync(buffer.ToArray()).AsTask().GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        DisposesCount++;
        Disposes?.Invoke();
        base.Dispose(disposing);
    }
}
