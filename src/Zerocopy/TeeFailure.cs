namespace Zerocopy;

/// <summary>What happens when a target of a tee fails.</summary>
public enum TeeFailure
{
    /// <summary>The target is detached and reported; the stream goes on without it and loses nothing.</summary>
    Detach,

    /// <summary>The stream stops before a byte leaves that this target has not got.</summary>
    Stop,
}
