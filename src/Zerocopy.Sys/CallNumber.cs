// syscall: calls by their number, for where a C library lacks the name.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

/// <summary>Numbers of system calls: x86-64 has a table of its own, later processors share one.</summary>
/// <seealso href="https://man7.org/linux/man-pages/man2/syscall.2.html">syscall(2)</seealso>
internal static class CallNumber
{
    internal static int FStat { get; } = FStatOn(RuntimeInformation.ProcessArchitecture);

    internal static int PReadV2 { get; } = PReadV2On(RuntimeInformation.ProcessArchitecture);

    internal static int PWriteV2 { get; } = PWriteV2On(RuntimeInformation.ProcessArchitecture);

    internal static int Statx { get; } = StatxOn(RuntimeInformation.ProcessArchitecture);

    internal static int FStatOn(Architecture processor) => processor == Architecture.X64 ? 5 : 80;

    internal static int PReadV2On(Architecture processor) => processor == Architecture.X64 ? 327 : 286;

    internal static int PWriteV2On(Architecture processor) => processor == Architecture.X64 ? 328 : 287;

    internal static int StatxOn(Architecture processor) => processor == Architecture.X64 ? 332 : 291;
}

internal static partial class Libc
{
    // Variadic in C. With integers and pointers alone the fixed form is the same on 64-bit Linux.
    [LibraryImport("libc", SetLastError = true)]
    internal static unsafe partial nint syscall(
        nint number, nint first, void* second, nint third, nint fourth, nint fifth, nint sixth);
}
