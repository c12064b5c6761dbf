// The bound on one transfer that the kernel itself has.
using System.Runtime.Versioning;

namespace Zerocopy.Sys;

/// <summary>Linux system calls, one file each: typed, never throwing, never allocating, never
/// logging. Each repeats itself on <c>EINTR</c>, except <see cref="Close"/> (the number is gone),
/// <see cref="Poll"/> and <see cref="EpollWait"/> (the timeout is stale, unless it is 0 for
/// <see cref="Poll"/>) and <see cref="Connect"/> (it goes on in the background).</summary>
/// <remarks>Descriptors are borrowed: no call stores or closes its arguments, except
/// <see cref="Close"/>. Threads: all calls may be made from any thread at any time.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/syscalls.2.html">syscalls(2)</seealso>
[SupportedOSPlatform("linux")]
public static partial class Syscall
{
    /// <summary>The most bytes that one call moves (Linux's <c>MAX_RW_COUNT</c> with 4 KiB pages).
    /// Longer requests are cut to it: some kernels refuse them with <c>EINVAL</c>.</summary>
    public const int TransferBytesMax = 0x7ffff000;

    private static nuint Clamp(nuint bytes) => bytes < TransferBytesMax ? bytes : TransferBytesMax;
}
