// A stream whose bytes are always right, and nothing else.
#pragma warning disable ZC1001 // A transfer of memory is what a stream has at hand.
using System.Threading.Tasks.Sources;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Hostile;

/// <summary>Gives the content of one stream and compares what it gets with another one. What it does beside that it
/// picks by a seed.</summary>
/// <param name="seed">Of its choices.</param>
/// <param name="gives">The content of its reads.</param>
/// <param name="bytes">How much of that.</param>
/// <param name="gets">The content that its writes must bring, from a beginning on.</param>
/// <param name="isSync">It must not wait for anybody.</param>
/// <param name="cancel">Ends the transfer that it is part of.</param>
internal sealed class MisbehavingStream(
    ulong seed, int gives, int bytes, int gets, bool isSync, CancellationTokenSource cancel) : Stream
{
    private readonly SimRandom _random = new(seed);
    private readonly Lock _gate = new();
    private bool _denies;
    private bool _disposeThrows;

    /// <summary>Every exception that it has thrown.</summary>
    internal List<Exception> Thrown { get; } = [];

    /// <summary>What it found wrong with the bytes it got; null if nothing was.</summary>
    internal string? Broken { get; private set; }

    /// <summary>Bytes that a read has put where it was told to.</summary>
    internal int Given { get; private set; }

    /// <summary>Bytes that writes have brought.</summary>
    internal int Got { get; private set; }

    /// <summary>Runs once everybody has left: what is still going on scribbles and ends.</summary>
    internal List<Action> Late { get; } = [];

    public override bool CanRead => !_denies || Says();

    public override bool CanWrite => !_denies || Says();

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Mischief mischief = Next(cancellationToken);
        switch (mischief)
        {
            case Mischief.SaysMore:
                return new ValueTask<int>(buffer.Length + _random.Pick<int>([1, 100_000]));
            case Mischief.SaysMoreLater:
                return LaterAsync(buffer.Length + 1);
            case Mischief.SaysNegative:
                return new ValueTask<int>(-_random.Pick<int>([1, 11, int.MaxValue]));
            case Mischief.Ends:
                return new ValueTask<int>(0);
            case Mischief.IsLate:
                TaskCompletionSource<int> never = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Late.Add(() =>
                {
                    buffer.Span.Fill(0xEE);
                    never.SetResult(buffer.Length);
                });
                return new ValueTask<int>(never.Task);
            default:
                return Do(mischief, () => Give(buffer), cancellationToken);
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Mischief mischief = Next(cancellationToken);
        return BreaksRules(mischief)
            ? new ValueTask(new RuleBreaker(mischief, () => Get(buffer.Span), Throw), 3)
            : new ValueTask(Do(mischief, () => Get(buffer.Span), cancellationToken).AsTask());
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        Mischief mischief = Next(cancellationToken);
        return Do(BreaksRules(mischief) ? Mischief.None : mischief, static () => 0, cancellationToken).AsTask();
    }

    public override int Read(Span<byte> buffer)
    {
        byte[] bytes = new byte[buffer.Length];
        int count = ReadAsync(bytes).AsTask().GetAwaiter().GetResult();
        bytes.CopyTo(buffer);
        return count;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
        => WriteAsync(buffer.ToArray()).AsTask().GetAwaiter().GetResult();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => FlushAsync(CancellationToken.None).GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Its next dispose throws.</summary>
    internal void ThrowAtDispose() => _disposeThrows = true;

    protected override void Dispose(bool disposing)
    {
        GC.SuppressFinalize(this);
        if (_disposeThrows)
        {
            _disposeThrows = false;
            throw Throw();
        }

        base.Dispose(disposing);
    }

    private Mischief Next(CancellationToken token)
    {
        lock (_gate)
        {
            if (!_random.Chance(15))
            {
                return isSync || _random.Chance(50) ? Mischief.None : Mischief.Later;
            }

            Mischief mischief = Mischiefs.Pick(_random);
            if (isSync && (BreaksRules(mischief)
                || mischief is Mischief.IsLate or Mischief.WaitsForCancel or Mischief.CancelThrows))
            {
                return Mischief.None; // A sync call that never returns holds up its caller, whoever that is.
            }

            switch (mischief)
            {
                case Mischief.Throws:
                    throw Throw();
                case Mischief.CancelThrows:
                    token.UnsafeRegister(_ => throw Throw(), null);
                    return Mischief.WaitsForCancel;
                case Mischief.Cancels:
                    cancel.Cancel();
                    return Mischief.None;
                case Mischief.DisposesItself:
                    Dispose();
                    return Mischief.None;
                case Mischief.Denies:
                    _denies = true;
                    return Mischief.None;
                case Mischief.Reenters:
                    Reenter();
                    return Mischief.None;
                default:
                    return mischief;
            }
        }
    }

    // Only where the library itself awaits it: a task made of it would end the process, as any await of it does.
    private static bool BreaksRules(Mischief mischief)
        => mischief is Mischief.CallsBackOften or Mischief.StatusThrows or Mischief.RegistrationThrows;

    private ValueTask<int> Do(Mischief mischief, Func<int> work, CancellationToken token)
    {
        switch (mischief)
        {
            case Mischief.Later:
                return LaterAsync(work);
            case Mischief.ThrowsLater:
                return LaterAsync(() => throw Throw());
            case Mischief.WaitsForCancel when !isSync:
                return WaitAsync(token);
            case Mischief.IsLate:
                TaskCompletionSource<int> never = new(TaskCreationOptions.RunContinuationsAsynchronously);
                Late.Add(() => never.SetResult(0));
                return new ValueTask<int>(never.Task);
            case var _ when BreaksRules(mischief):
                return new ValueTask<int>(new RuleBreaker(mischief, work, Throw), 3);
            default:
                return new ValueTask<int>(work());
        }
    }

    private static async ValueTask<int> LaterAsync(int count)
    {
        await Task.Yield();
        return count;
    }

    private static async ValueTask<int> LaterAsync(Func<int> work)
    {
        await Task.Yield();
        return work();
    }

    private static async ValueTask<int> WaitAsync(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return 0;
    }

    private static void Reenter()
    {
        using MemoryStream source = new([1, 2, 3]);
        using MemoryStream destination = new();
        if (Transfer.Copy(source, destination).BytesWritten != 3 || destination.ToArray() is not [1, 2, 3])
        {
            throw new LawBrokenException("a transfer within a transfer went wrong");
        }
    }

    private bool Says() => seed % 2 == 0 ? throw Throw() : false;

    private Exception Throw()
    {
        lock (_gate)
        {
            Exception exception = Mischiefs.Exception(_random);
            Thrown.Add(exception);
            return exception;
        }
    }

    private int Give(Memory<byte> buffer)
    {
        int count = Math.Min(Math.Min(buffer.Length, bytes - Given), 1 + _random.Below(9000));
        SimContent.At(gives, Given, count).CopyTo(buffer.Span);
        Given += count;
        return count;
    }

    private int Get(ReadOnlySpan<byte> buffer)
    {
        if (!buffer.SequenceEqual(SimContent.At(gets, Got, buffer.Length)))
        {
            Broken ??= $"wrong bytes within {buffer.Length} at {Got}";
        }

        Got += buffer.Length;
        return 0;
    }

    /// <summary>A task that keeps to none of the rules.</summary>
    private sealed class RuleBreaker : IValueTaskSource<int>, IValueTaskSource
    {
        private readonly Mischief _mischief;
        private readonly Func<Exception> _throw;
        private volatile bool _isOver;
        private int _result;
        private Action? _callBack;

        public RuleBreaker(Mischief mischief, Func<int> work, Func<Exception> @throw)
        {
            _mischief = mischief;
            _throw = @throw;
            if (mischief == Mischief.CallsBackOften)
            {
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    _result = work();
                    _isOver = true;
                    Interlocked.MemoryBarrier();
                    _callBack?.Invoke();
                    _callBack?.Invoke();
                });
            }
        }

        public ValueTaskSourceStatus GetStatus(short token)
            => _mischief == Mischief.StatusThrows ? throw _throw()
                : _isOver ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        public void OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            if (_mischief == Mischief.RegistrationThrows)
            {
                throw _throw();
            }

            continuation(state);
            _callBack = () => continuation(state);
            Interlocked.MemoryBarrier();
            if (_isOver)
            {
                continuation(state);
            }
        }

        void IValueTaskSource.GetResult(short token) => GetResult(token);

        public int GetResult(short token) => _isOver ? _result : throw new LawBrokenException("it was not over");
    }
}
