// A stream that is nothing but memory: two of them are the ends of a connection.
using System.IO.Pipelines;

namespace Zerocopy.Conformance.Relays;

/// <summary>Bounded both ways, so that a slow reader stalls the writer. <see cref="Finish"/> is its
/// half-close.</summary>
internal sealed class DuplexStream : Stream
{
    private readonly System.IO.Pipelines.PipeWriter _writer;
    private readonly Stream _read;
    private readonly Stream _write;

    private DuplexStream(System.IO.Pipelines.Pipe incoming, System.IO.Pipelines.Pipe outgoing)
    {
        _writer = outgoing.Writer;
        _read = incoming.Reader.AsStream();
        _write = outgoing.Writer.AsStream();
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public bool IsDisposed { get; private set; }

    public static (DuplexStream Near, DuplexStream Far) Pair()
    {
        PipeOptions options = new(pauseWriterThreshold: 100_000, resumeWriterThreshold: 50_000);
        System.IO.Pipelines.Pipe there = new(options);
        System.IO.Pipelines.Pipe back = new(options);
        return (new DuplexStream(there, back), new DuplexStream(back, there));
    }

    public void Finish() => _writer.Complete();

    public override int Read(byte[] buffer, int offset, int count) => _read.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => _read.ReadAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => _write.Write(buffer, offset, count);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => _write.WriteAsync(buffer, cancellationToken);

    public override void Flush() => _write.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _write.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
