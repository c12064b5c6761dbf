using System.Threading.Tasks.Sources;

namespace Zerocopy;

/// <summary>How an operation ends for who awaits it: the source behind a ValueTask, used again and again. Whoever
/// awaits takes the result once, and nobody can take another one's.</summary>
/// <remarks>It is apart from the operation, which is told nothing of who awaits, whether, or when: it hands its result
/// over and may be in use again before the caller has seen it.</remarks>
internal sealed class Publication<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    private const int Nobody = -1;

    private static readonly OperationCache<Publication<TResult>> s_cache = new();

    private ManualResetValueTaskSourceCore<TResult> _core;
    private int _claimable = Nobody; // The token whose result is there and not taken.

    private Publication()
    {
    }

    /// <summary>To be awaited once.</summary>
    internal ValueTask<TResult> Task => new(this, _core.Version);

    /// <summary>The same, for who wants no result.</summary>
    internal ValueTask EndTask => new(this, _core.Version);

    /// <summary>One that nobody has. Taken first of all, because it may need memory; one that is not used after all is
    /// forgotten.</summary>
    internal static Publication<TResult> Take() => s_cache.TryTake() ?? new Publication<TResult>();

    /// <summary>Hands over how it has ended, once. Who awaits goes on on this thread.</summary>
    /// <param name="result">What it returns.</param>
    /// <param name="failure">What it throws instead, or null.</param>
    internal void Publish(in TResult result, Exception? failure)
    {
        Volatile.Write(ref _claimable, (ushort)_core.Version);
        if (failure is null)
        {
            _core.SetResult(result);
        }
        else
        {
            _core.SetException(failure);
        }
    }

    public TResult GetResult(short token)
    {
        Claim(token);
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            s_cache.Give(this);
        }
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Makes the caller the one who takes the result: before this has returned nothing may be used
    /// again.</summary>
    /// <exception cref="InvalidOperationException">There is none yet, or somebody has it.</exception>
    private void Claim(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending
            || Interlocked.CompareExchange(ref _claimable, Nobody, (ushort)token) != (ushort)token)
        {
            throw ThrowHelper.ResultTaken();
        }
    }
}
