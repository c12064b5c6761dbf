using System.Net.Security;
using System.Net.Sockets;

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
    /// <remarks>Only what can half-close is told an end and goes on: sockets (also as <see cref="TcpClient"/>,
    /// <see cref="NetworkStream"/> or handle), named pipes, <see cref="SslStream"/>, <c>QuicStream</c>, and a
    /// <see cref="Pipe"/>. Any other <see cref="Stream"/> and a terminal cannot: an end of stream ends the relay there,
    /// once everything before it was written and flushed, and once the opposite direction has written what it had
    /// taken. The result is <see cref="RelayEnd.EndOfStream"/>; the opposite direction is
    /// <see cref="TransferEnd.Stopped"/>.</remarks>
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
    /// <remarks>
    /// <para>A relay that does not begin closes them as well, as if it had been cancelled a moment later: its token is
    /// cancelled already, or the call throws because of an endpoint or an option. Whatever closing throws then is
    /// dropped.</para>
    /// <para>No close waits, and SO_LINGER, as you may have set it, does not count. A TCP peer that has not ended by
    /// then is sent a FIN, and what it still sends is dropped for at most 2 s, or the reset by which the kernel answers
    /// late bytes would destroy the tail that is underway to it. Meanwhile the library has a descriptor of that
    /// connection, although the <see cref="Socket"/> is disposed when the result is there. There are at most 1,000 of
    /// these at once, for one more the oldest is reset, and <c>zerocopy.lingering</c> counts them. A stream that can
    /// half-close and is no exact <see cref="NetworkStream"/>, such as <see cref="SslStream"/>, is read on in the same
    /// way, and disposed at the end of that; so is a socket where nothing is asked of the kernel (another platform, the
    /// switch
    /// <c>Zerocopy.CopyOnly</c>).</para>
    /// </remarks>
    public bool CloseEndpoints { get; init; }
}
