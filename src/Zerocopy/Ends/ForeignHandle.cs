using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>A handle of a type that the program has written. Its <see cref="SafeHandle.IsInvalid"/> and its release are
/// the program's code, and whoever lets go of it last runs them: that must not be a loop. So flows use a duplicate of
/// the descriptor, and only look whether the handle was closed.</summary>
internal static class ForeignHandle
{
    internal static bool Is(SafeHandle handle)
        => handle is not (SafeSocketHandle or SafeFileHandle or SafePipeHandle or OwnedFd);

    /// <returns>The duplicate, or null if the handle is closed.</returns>
    /// <exception cref="IOException">No descriptor is left.</exception>
    internal static OwnedFd? TryDuplicate(SafeHandle handle)
    {
        if (!FdLease.TryAcquire(handle, out FdLease lease))
        {
            return null;
        }

        using (lease)
        {
            SysResult made = Syscall.Duplicate(lease.Fd);
            return made.IsError
                ? throw ThrowHelper.Kernel("fcntl", (int)made.Errno) : OwnedFd.FromRaw((int)made.Value);
        }
    }
}
