// Names and texts of error numbers, for messages only.
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

/// <summary>Texts for an <see cref="Errno"/>.</summary>
public static class ErrnoExtensions
{
    /// <summary>The symbolic name, for example <c>EINVAL</c>.</summary>
    /// <param name="errno">Any value.</param>
    /// <returns>The name, or the number for a code without one.</returns>
    /// <remarks>Allocates: only for a code without a name. Threads: safe.</remarks>
    public static string Name(this Errno errno) => Enum.GetName(errno) ?? errno.ToString("D");

    /// <summary>The text of the C library, for example <c>Invalid argument</c>.</summary>
    /// <param name="errno">Any value.</param>
    /// <returns>A short English text without a full stop.</returns>
    /// <remarks>Allocates: one string. Threads: safe.</remarks>
    /// <seealso href="https://man7.org/linux/man-pages/man3/strerror.3.html">strerror(3)</seealso>
    public static string Describe(this Errno errno) =>
        Marshal.GetPInvokeErrorMessage((int)errno);
}
