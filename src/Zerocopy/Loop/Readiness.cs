namespace Zerocopy;

/// <summary>What is known of a descriptor: marks, set by events and cleared by the call that finds them
/// stale.</summary>
[Flags]
internal enum Readiness : ushort
{
    None = 0,

    /// <summary>A read may find something. Cleared by would-block, or by a short read where that proves it.</summary>
    Readable = 1,

    /// <summary>A write may be taken. Cleared by would-block.</summary>
    Writable = 2,

    /// <summary>TCP holds an urgent mark, which splice never passes.</summary>
    Priority = 4,

    /// <summary>The peer has sent its end of stream (EPOLLRDHUP); bytes may still be before it.</summary>
    ReadClosed = 8,

    /// <summary>Both directions are shut down (EPOLLHUP).</summary>
    HangUp = 16,

    /// <summary>An error is pending (EPOLLERR).</summary>
    Failed = 32,

    /// <summary>The handle was closed by this process. Never cleared.</summary>
    Closed = 64,

    /// <summary>What an endpoint starts with: try first, wait only after would-block.</summary>
    Assumed = Readable | Writable,

    /// <summary>With one of these a short read proves nothing: more, or the end itself, is behind it.</summary>
    MoreBehind = Priority | ReadClosed | HangUp | Failed,
}
