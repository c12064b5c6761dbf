namespace Zerocopy;

/// <summary>What ended one direction.</summary>
public enum TransferEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The source said end of stream, and everything before it was written to the destination.</summary>
    EndOfStream,

    /// <summary><see cref="FlowOptions.LimitBytes"/> bytes were moved.</summary>
    LimitReached,

    /// <summary>Reading the source failed, for instance by a reset of its peer.</summary>
    SourceFailed,

    /// <summary>Writing the destination failed, for instance because its peer is gone.</summary>
    DestinationFailed,

    /// <summary>The source was disposed by this process.</summary>
    SourceDisposed,

    /// <summary>The destination was disposed by this process.</summary>
    DestinationDisposed,

    /// <summary>No byte moved for the idle timeout.</summary>
    IdleTimeout,

    /// <summary>The cancellation token was cancelled.</summary>
    Canceled,

    /// <summary>In a relay: the other direction, the linger time or the owner ended it.</summary>
    Stopped,

    /// <summary>A mirror or tee target failed that must not: <see cref="TeeFailure.Stop"/>.</summary>
    MirrorFailed,

    /// <summary>Neither end failed but something about the transfer: <see cref="FlowOptions.Progress"/> or a callback
    /// of the program threw, or there was no memory.</summary>
    Failed,
}
