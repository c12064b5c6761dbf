// A stream that does what a test says.
namespace Zerocopy.Conformance.Plain;

/// <summary>Reads give the scripted pieces one by one, then end or throw; writes collect, or throw.</summary>
internal sealed class ScriptedStream : Stream
{
    private readonly Queue<byte[]> _pieces;
    private readonly MemoryStream _written = new();

    public ScriptedStream(params IEnumerable<byte[]> pieces)
    {
        _pieces = new Queue<byte[]>(pieces);
    }

    /// <summary>Thrown by the read after the last piece; null: end of stream.</summary>
    public Exception? ReadError { get; init; }

    /// <summary>Thrown by every write.</summary>
    public Exception? WriteError { get; init; }

    /// <summary>Awaited by every async read and write.</summary>
    public Func<CancellationToken, Task>? Before { get; init; }

    public bool Readable { get; init; } = true;

    public bool Writable { get; init; } = true;

    public int Flushes { get; private set; }

    public int EmptyReads { get; private set; }

    /// <summary>Bytes written since the last flush.</summary>
    public int Unflushed { get; private set; }

    public byte[] Written => _written.ToArray();

    public override bool CanRead => Readable;

    public override bool CanWrite => Writable;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.Length == 0)
        {
            EmptyReads++;
            return 0;
        }

        if (!_pieces.TryDequeue(out byte[]? piece))
        {
            return ReadError is null ? 0 : throw ReadError;
        }

        int count = Math.Min(piece.Length, buffer.Length);
        piece.AsSpan(0, count).CopyTo(buffer);
        if (count < piece.Length)
        {
            byte[][] rest = [piece[count..], .. _pieces];
            _pieces.Clear();
            foreach (byte[] next in rest)
            {
                _pieces.Enqueue(next);
            }
        }

        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (WriteError is not null)
        {
            throw WriteError;
        }

        _written.Write(buffer);
        Unflushed += buffer.Length;
    }

    public override void Flush()
    {
        Flushes++;
        Unflushed = 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Wait(cancellationToken);
        return Read(buffer.Span);
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Wait(cancellationToken);
        Write(buffer.Span);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Flush();
        return Task.CompletedTask;
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private Task Wait(CancellationToken token) => Before?.Invoke(token) ?? Task.CompletedTask;
}
