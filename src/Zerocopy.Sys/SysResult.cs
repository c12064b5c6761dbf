// What a system call said, in one machine word: a value from 0, or a negated errno.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

/// <summary>The result of a system call: a value of 0 or more, or an <see cref="Errno"/>.</summary>
/// <remarks>Allocates: nothing, except <see cref="ToString"/>. Threads: an immutable value.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/syscalls.2.html">syscalls(2)</seealso>
public readonly struct SysResult : IEquatable<SysResult>
{
    private SysResult(nint raw) => Raw = raw;

    /// <summary>The kernel's own form: 0 or more is a value, less than 0 is <c>-errno</c>.</summary>
    public nint Raw { get; }

    /// <summary>The value. Only meaningful when <see cref="IsError"/> is false (asserted).</summary>
    public nint Value
    {
        get
        {
            Debug.Assert(!IsError, "The call failed: there is no value.");
            return Raw;
        }
    }

    /// <summary>True if the call failed.</summary>
    public bool IsError => Raw < 0;

    /// <summary>Why the call failed; <see cref="Sys.Errno.None"/> (0) if it did not.</summary>
    public Errno Errno => Raw < 0 ? (Errno)(int)-Raw : Errno.None;

    /// <summary>True for <c>EAGAIN</c>: nothing moved now, readiness will come.</summary>
    public bool IsWouldBlock => Raw == -(int)Errno.EAGAIN;

    /// <summary>From what a C library function returned: below 0 means look at errno.</summary>
    /// <param name="returned">The return value of a call made with <c>SetLastError</c>, which
    /// must have been the thread's last such call.</param>
    /// <returns>The value, or the saved errno.</returns>
    public static SysResult FromReturn(nint returned) =>
        returned >= 0 ? new(returned) : FromErrno((Errno)Marshal.GetLastPInvokeError());

    /// <summary>A failure, for code that stands in for the kernel.</summary>
    /// <param name="errno">Above 0 (asserted).</param>
    /// <returns>A result with <see cref="IsError"/> true.</returns>
    public static SysResult FromErrno(Errno errno)
    {
        Debug.Assert(errno > Errno.None, "A failure needs an errno.");
        return new(-(int)errno);
    }

    /// <summary>A success, for code that stands in for the kernel.</summary>
    /// <param name="value">0 or more (asserted).</param>
    /// <returns>A result with <see cref="IsError"/> false.</returns>
    public static SysResult FromValue(nint value)
    {
        Debug.Assert(value >= 0, "A value is never negative.");
        return new(value);
    }

    /// <summary>The value as a number, or the name of the errno. For messages.</summary>
    /// <returns>For example <c>42</c> or <c>EAGAIN</c>.</returns>
    public override string ToString() => IsError ? Errno.Name() : $"{Raw}";

    /// <inheritdoc/>
    public bool Equals(SysResult other) => Raw == other.Raw;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SysResult other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Raw.GetHashCode();

    /// <summary>True if both have the same <see cref="Raw"/>.</summary>
    public static bool operator ==(SysResult left, SysResult right) => left.Equals(right);

    /// <summary>True if both differ in <see cref="Raw"/>.</summary>
    public static bool operator !=(SysResult left, SysResult right) => !left.Equals(right);
}
