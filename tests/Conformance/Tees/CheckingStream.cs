// A stream that compares what is written to it, and can be stalled or fail.
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Tees;

/// <summary>Stalled until <see cref="Open"/>.</summary>
internal sealed class CheckingStream(Pattern pattern) : Stream
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile bool _isBroken;
    private Exception? _wrong;
    private long _count;

    /// <summary>The first write that does not fit in throws; null: none does.</summary>
    public long? FailAfter { get; init; }

    public IOException Error { get; } = new("scripted");

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Bytes written since the last flush.</summary>
    public long Unflushed { get; private set; }

    public override bool CanRead => false;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public void Open() => _gate.TrySetResult();

    /// <summary>From now on every write throws, also the one that waits.</summary>
    public void Break()
    {
        _isBroken = true;
        Open();
    }

    /// <summary>Throws what was wrong first: whoever wrote may have kept it to himself.</summary>
    public void AssertRight()
    {
        if (_wrong is not null)
        {
            throw new InvalidOperationException("wrong bytes were written", _wrong);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _gate.Task.Wait();
        if (_isBroken || Count + buffer.Length > FailAfter)
        {
            throw Error;
        }

        try
        {
            pattern.AssertEqual(buffer, Count);
        }
        catch (Exception wrong)
        {
            _wrong ??= wrong;
            throw;
        }

        Interlocked.Add(ref _count, buffer.Length);
        Unflushed += buffer.Length;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _gate.Task.WaitAsync(cancellationToken);
        Write(buffer.Span);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => Unflushed = 0;

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Flush();
        return Task.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
