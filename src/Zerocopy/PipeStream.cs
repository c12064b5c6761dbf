namespace Zerocopy;

/// <summary>One end of a <see cref="Pipe"/> as a stream. As an endpoint it is seen through to the pipe.</summary>
internal sealed class PipeStream(PipeCore core, bool isReadEnd) : Stream, IPipeHolder
{
    public PipeCore Core => core;

    public override bool CanRead => isReadEnd && !core.IsReadClosed;

    public override bool CanWrite => !isReadEnd && !core.IsWriteClosed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer) => PipeCall.Read(Readable(), buffer);

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => PipeCall.ReadAsync(Readable(), buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override void Write(ReadOnlySpan<byte> buffer) => PipeCall.Write(Writable(), buffer);

    public override void Write(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        Write(buffer.AsSpan(offset, count));
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        => PipeCall.WriteAsync(Writable(), buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        ValidateBufferArguments(buffer, offset, count);
        return WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override void Flush()
    {
        // What is written is in the pipe.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (isReadEnd)
            {
                core.CloseRead();
            }
            else
            {
                core.CloseWrite(null);
            }
        }

        base.Dispose(disposing);
    }

    private PipeCore Readable()
        => isReadEnd ? core : throw new NotSupportedException("This is the write end of a pipe.");

    private PipeCore Writable()
        => isReadEnd ? throw new NotSupportedException("This is the read end of a pipe.") : core;
}
