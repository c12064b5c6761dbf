using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>Who waits for a descriptor: an end of a flow, a dialer. Asked on the loop's thread.</summary>
internal interface IFdWatcher : IReadinessHandler
{
    /// <summary>By which it knows the descriptor; others may know it by other handles.</summary>
    SafeHandle Handle { get; }

    /// <summary>True if it can be disposed without that its handle tells.</summary>
    bool NeedsSweep => false;

    /// <summary>True if this process has disposed it, as far as that shows while others hold leases.</summary>
    bool IsGone => Handle.IsClosed;
}
