// The bare twins of wrapped calls: the difference is what a wrapper costs. The only interop of the benchmarks.
#pragma warning disable RS0030 // A twin that went through Zerocopy.Sys would be none.
using System.Runtime.InteropServices;

namespace Zerocopy.Bench.Micro;

internal static unsafe class Bare
{
    /// <summary>Nobody asks why it failed: no errno is kept.</summary>
    [DllImport("libc", EntryPoint = "read")]
    internal static extern nint Read(int fd, byte* buffer, nuint count);
}
