// One counted reference on a SafeHandle: while it is held, the number cannot be closed and reused.
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Zerocopy.Sys;

/// <summary>One reference on a <see cref="SafeHandle"/>, and the descriptor it protects. A mutable
/// struct: keep it in one place, since a copy does not know that the other was released.</summary>
/// <remarks>A handle that is disposed while leased still looks open and its descriptor stays open;
/// only after <see cref="Release"/> does <see cref="SafeHandle.IsClosed"/> tell the truth.
/// Allocates: nothing. Threads: one lease belongs to one thread at a time.</remarks>
/// <seealso href="https://man7.org/linux/man-pages/man2/close.2.html">close(2)</seealso>
[SuppressMessage("Performance", "CA1815", Justification = "Leases are never compared.")]
public struct FdLease : IDisposable
{
    // Invariant: _handle is null exactly when no reference is held; then _inverted is 0, fd -1.
    private SafeHandle? _handle;
    private int _inverted;

    /// <summary>True from a successful <see cref="TryAcquire"/> to <see cref="Release"/>.</summary>
    public readonly bool IsHeld => _handle is not null;

    /// <summary>The descriptor number; -1 if not held.</summary>
    public readonly int Raw => ~_inverted;

    /// <summary>The descriptor; not valid if not held.</summary>
    public readonly BorrowedFd Fd => BorrowedFd.FromRaw(Raw);

    /// <summary>Takes one reference on an open handle.</summary>
    /// <param name="handle">A handle over a file descriptor. Stays the caller's.</param>
    /// <param name="lease">The lease, to be released by the caller; not held on failure.</param>
    /// <returns>False if the handle is null, closed, or does not hold a descriptor.</returns>
    /// <remarks>Blocks: never. Allocates: nothing, unless a close races with it.</remarks>
    public static bool TryAcquire([NotNullWhen(true)] SafeHandle? handle, out FdLease lease)
    {
        lease = default;
        if (handle is null || handle.IsClosed || handle.IsInvalid)
        {
            return false;
        }

        bool added = false;
        try
        {
            handle.DangerousAddRef(ref added);
        }
        catch (ObjectDisposedException)
        {
            return false; // Closed between the question above and the reference.
        }

        Debug.Assert(added, "DangerousAddRef returned, so it counts.");
        nint raw = handle.DangerousGetHandle();
        if (raw is < 0 or > int.MaxValue)
        {
            handle.DangerousRelease();
            return false;
        }

        lease._handle = handle;
        lease._inverted = ~(int)raw;
        return true;
    }

    /// <summary>Gives the reference back. May be the last one, and then closes the descriptor on
    /// this thread. Again on the same copy: does nothing.</summary>
    public void Release()
    {
        SafeHandle? handle = _handle;
        _handle = null;
        _inverted = 0;
        handle?.DangerousRelease();
    }

    /// <summary>The same as <see cref="Release"/>.</summary>
    public void Dispose() => Release();
}
