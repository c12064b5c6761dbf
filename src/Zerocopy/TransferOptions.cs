namespace Zerocopy;

/// <summary>Options of <see cref="Transfer"/>. Immutable; use <c>with</c> for a variation.</summary>
public sealed record TransferOptions : FlowOptions
{
    /// <summary>The transfer fails with <c>ETIMEDOUT</c> once no byte was consumed or written for this long. Waiting
    /// for <see cref="FlowOptions.BytesPerSecond"/> does not count, a stalled destination does. Default: infinite.
    /// Granularity about 10 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative (but for <see cref="Timeout.InfiniteTimeSpan"/>)
    /// or longer than 24 days.</exception>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = ThrowHelper.RequireTimeout(nameof(IdleTimeout), value);
    } = Timeout.InfiniteTimeSpan;

    /// <summary>When the transfer throws, bytes that were taken from the source and could not be written are kept in
    /// <see cref="ITransferFailure.Undelivered"/>; pass them as the next transfer's prefix and nothing is lost.
    /// Default: false, they are dropped.</summary>
    public bool KeepUndelivered { get; init; }
}
