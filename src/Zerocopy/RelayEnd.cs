namespace Zerocopy;

/// <summary>What ended a relay.</summary>
public enum RelayEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Both directions reached their end of stream or their limit (with
    /// <see cref="RelayOptions.HalfClose"/> false: the first of them did).</summary>
    EndOfStream,

    /// <summary>The left peer reset its connection, or reading or writing the left endpoint failed.</summary>
    LeftFailed,

    /// <summary>The right peer reset its connection, or reading or writing the right endpoint failed.</summary>
    RightFailed,

    /// <summary>This process disposed the left endpoint.</summary>
    LeftDisposed,

    /// <summary>This process disposed the right endpoint.</summary>
    RightDisposed,

    /// <summary>No byte moved for <see cref="RelayOptions.IdleTimeout"/>.</summary>
    IdleTimeout,

    /// <summary><see cref="RelayOptions.LingerAfterHalfClose"/> has passed since the first direction ended.</summary>
    LingerTimeout,

    /// <summary>The cancellation token was cancelled.</summary>
    Canceled,

    /// <summary>The <see cref="Relay"/> object was disposed.</summary>
    Aborted,

    /// <summary>A mirror failed that must not: <see cref="TeeFailure.Stop"/>.</summary>
    MirrorFailed,

    /// <summary>Neither end failed but something about the relay: <see cref="FlowOptions.Progress"/> or a callback of
    /// the program threw, or there was no memory. See <see cref="RelayResult.Exception"/>.</summary>
    Failed,
}
