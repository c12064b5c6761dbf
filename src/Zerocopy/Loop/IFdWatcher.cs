using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>Who waits for a descriptor that may be shared: an end of a flow. Asked on the loop's thread.</summary>
internal interface IFdWatcher : IReadinessHandler
{
    /// <summary>By which it knows the descriptor; others may know it by other handles.</summary>
    SafeHandle Handle { get; }
}
