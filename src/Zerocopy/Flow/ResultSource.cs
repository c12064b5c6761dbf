using System.Threading.Tasks.Sources;

namespace Zerocopy;

/// <summary>Behind the ValueTask of an operation that is used again and again: whoever awaits it takes the result once,
/// and nobody can take another one's.</summary>
internal struct ResultSource
{
    private const int Nobody = -1;

    private ManualResetValueTaskSourceCore<bool> _core; // The result itself is still in the flows.
    private int _claimable = Nobody; // The token whose result is there and not taken.

    public ResultSource()
    {
    }

    internal readonly short Token => _core.Version;

    internal void SetResult()
    {
        Volatile.Write(ref _claimable, (ushort)_core.Version);
        _core.SetResult(true);
    }

    internal void SetException(Exception exception)
    {
        Volatile.Write(ref _claimable, (ushort)_core.Version);
        _core.SetException(exception);
    }

    internal readonly ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    internal void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Makes the caller the one who takes the result, and afterwards resets: before this has returned nothing
    /// may be used again.</summary>
    /// <exception cref="InvalidOperationException">There is none yet, or somebody has it.</exception>
    internal void Claim(short token)
    {
        if (_core.GetStatus(token) == ValueTaskSourceStatus.Pending
            || Interlocked.CompareExchange(ref _claimable, Nobody, (ushort)token) != (ushort)token)
        {
            throw ThrowHelper.ResultTaken();
        }
    }

    /// <summary>Throws if it ended so. Between <see cref="Claim"/> and <see cref="Reset"/>.</summary>
    internal void ThrowIfFailed(short token) => _core.GetResult(token);

    internal void Reset() => _core.Reset();
}
