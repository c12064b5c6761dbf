namespace Zerocopy;

/// <summary>What ended a tee.</summary>
public enum TeeEnd
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The stream ended, and the target got all of it.</summary>
    EndOfStream,

    /// <summary>The target did not keep up and was detached: <see cref="TeeLag.Detach"/>.</summary>
    Lagged,

    /// <summary>Writing the target failed, or its reader is gone.</summary>
    Failed,

    /// <summary>The stream was cut off: its pipe was closed, or its transfer failed, was cancelled or timed out. The
    /// target got what had come so far.</summary>
    SourceClosed,
}
