namespace Zerocopy;

/// <summary>Options of <see cref="Relay"/>. Immutable; use <c>with</c> for a variation.</summary>
public sealed record RelayOptions
{
    internal static RelayOptions Default { get; } = new();

    /// <summary>Options for the bytes from left to right.</summary>
    public FlowOptions LeftToRight
    {
        get;
        init => field = ThrowHelper.RequireFlowOptions(value, nameof(LeftToRight));
    } = new();

    /// <summary>Options for the bytes from right to left.</summary>
    public FlowOptions RightToLeft
    {
        get;
        init => field = ThrowHelper.RequireFlowOptions(value, nameof(RightToLeft));
    } = new();

    /// <summary>True (the default): the end of stream of one direction is passed on and the other direction goes on
    /// until it ends too. False: the first end of stream is passed on and ends the relay.</summary>
    public bool HalfClose { get; init; } = true;

    /// <summary>How long the relay goes on after its first direction has ended. Default: infinite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative (but for <see cref="Timeout.InfiniteTimeSpan"/>)
    /// or longer than 24 days.</exception>
    public TimeSpan LingerAfterHalfClose
    {
        get;
        init => field = ThrowHelper.RequireTimeout(nameof(LingerAfterHalfClose), value);
    } = Timeout.InfiniteTimeSpan;

    /// <summary>The relay ends once no byte moved in either direction for this long. Waiting for
    /// <see cref="FlowOptions.BytesPerSecond"/> does not count. Default: infinite. Granularity about 10 ms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, negative (but for <see cref="Timeout.InfiniteTimeSpan"/>)
    /// or longer than 24 days.</exception>
    public TimeSpan IdleTimeout
    {
        get;
        init => field = ThrowHelper.RequireTimeout(nameof(IdleTimeout), value);
    } = Timeout.InfiniteTimeSpan;

    /// <summary>True: the relay owns both endpoints and closes them at its end. Ended well, by an ordinary close.
    /// Ended by an error, a timeout or an abort, a socket whose peer has not been told the end of its stream is
    /// closed with linger 0: that peer sees a reset and not a clean end of a truncated stream. Default: false, the
    /// caller closes them; then the relay sends no FIN after an error.</summary>
    public bool CloseEndpoints { get; init; }
}
