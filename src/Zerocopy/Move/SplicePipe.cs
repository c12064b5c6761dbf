using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A pipe of the library, between a source and a destination that the kernel cannot join directly.</summary>
/// <remarks>Owned by one flow at a time, or by its pool. Capacity is slots, not bytes: 256 KiB of 700-byte segments do
/// not fit, and large segments overfill it. So nobody computes "full"; only would-block says it.</remarks>
internal sealed class SplicePipe(int readEnd, int writeEnd, int capacityBytes)
{
    internal BorrowedFd ReadEnd => BorrowedFd.FromRaw(readEnd);

    internal BorrowedFd WriteEnd => BorrowedFd.FromRaw(writeEnd);

    internal int CapacityBytes { get; } = capacityBytes;

    /// <summary>Bytes in it, by the owner's own count of what each call returned.</summary>
    internal int Pending { get; private set; }

    internal void Filled(int count)
    {
        Debug.Assert(count > 0);
        Pending += count;
    }

    internal void Drained(int count)
    {
        Debug.Assert(count > 0 && count <= Pending);
        Pending -= count;
    }
}
