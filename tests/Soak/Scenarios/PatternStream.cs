// A stream of the test's own: reads give a content, writes are compared with it; now and then it takes its time.
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Soak.Scenarios;

/// <param name="content">What reads give; where in the pattern it starts for writes.</param>
/// <param name="seed">Of pauses and short reads. For reads and for writes, not for both at once.</param>
internal sealed class PatternStream(Content content, ulong seed) : Stream
{
    private const int PausePercent = 5;

    // Async only: it completes on another thread while the flow still goes about waiting for it.
    private const int YieldPercent = 20;

    private readonly SimRandom _random = new(seed);
    private long _done;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    /// <summary>Bytes read or written so far.</summary>
    public override long Position
    {
        get => Volatile.Read(ref _done);
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_random.Chance(PausePercent))
        {
            Thread.Sleep(1);
        }

        int most = (int)Math.Min(buffer.Length, content.Bytes - _done);
        int count = most == 0 ? 0 : _random.Between(1, most);
        Pattern.Default.Slice(content.Start + _done, count).Span.CopyTo(buffer);
        _done += count;
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await PauseAsync(cancellationToken);
        return Read(buffer.Span);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_random.Chance(PausePercent))
        {
            Thread.Sleep(1);
        }

        Pattern.Default.AssertEqual(buffer, content.Start + _done);
        Volatile.Write(ref _done, _done + buffer.Length);
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await PauseAsync(cancellationToken);
        Write(buffer.Span);
    }

    public override void Flush()
    {
        // Nothing is kept back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask PauseAsync(CancellationToken token)
    {
        if (_random.Chance(PausePercent))
        {
            await Task.Delay(1, token);
        }
        else if (_random.Chance(YieldPercent))
        {
            await Task.Yield();
        }
    }
}
