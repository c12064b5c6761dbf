// A descriptor of our own: closed exactly once, at the latest by the finalizer.
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Zerocopy.Sys;

/// <summary>Owns one file descriptor and closes it exactly once, when disposed and when the last
/// <see cref="FdLease"/> on it is released, whichever is later.</summary>
/// <remarks>Allocates: the object itself. Threads: safe, as every SafeHandle.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</seealso>
[SupportedOSPlatform("linux")]
public sealed class OwnedFd : SafeHandle
{
    private OwnedFd(int fd)
        : base(invalidHandleValue: -1, ownsHandle: true) => SetHandle(fd);

    /// <summary>True if there is no descriptor to close.</summary>
    public override bool IsInvalid => handle < 0;

    /// <summary>Takes over a descriptor.</summary>
    /// <param name="fd">An open descriptor that nobody else will close, or -1 for none.</param>
    /// <returns>The owner.</returns>
    public static OwnedFd FromRaw(int fd) => new(fd);

    /// <summary>The descriptor without a reference: for an owner that does not dispose this object
    /// before the borrower returns. Others take an <see cref="FdLease"/>.</summary>
    /// <returns>The descriptor; not valid once this object is closed.</returns>
    public BorrowedFd Borrow() => IsClosed ? default : BorrowedFd.FromRaw((int)handle);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // Whatever close answers, the number is gone: a retry could close somebody else's.
        _ = Syscall.Close((int)handle);
        return true;
    }
}
