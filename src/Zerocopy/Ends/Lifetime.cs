using System.Diagnostics;
using System.Runtime.InteropServices;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>How long the number of an end's descriptor is valid, which depends on whose it is.</summary>
/// <remarks>A field of its end, never copied. Between <see cref="TryEnter"/> and <see cref="Exit"/>, which is one turn,
/// the number cannot become another descriptor's.</remarks>
internal struct Lifetime
{
    private SafeHandle? _handle;
    private SafeHandle? _given; // The handle that was given, where ours is a duplicate.
    private OwnedDescriptor? _owned;
    private FdLease _lease;

    internal enum Kinds : byte
    {
        /// <summary>Of nothing.</summary>
        None,

        /// <summary>Ours: <see cref="OwnedDescriptor"/>.</summary>
        Owned,

        /// <summary>A socket of .NET's: its dispose disconnects it first, and so wakes whoever waits for it with a
        /// lease.</summary>
        Socket,

        /// <summary>Any other handle: its dispose waits for leases and tells nobody, so none is held between
        /// turns.</summary>
        Borrowed,
    }

    internal Kinds Kind { get; private set; }

    /// <summary>Valid in a turn.</summary>
    internal readonly BorrowedFd Fd => Kind switch
    {
        Kinds.Owned => BorrowedFd.FromRaw(_owned!.Raw),
        _ => _lease.Fd,
    };

    internal readonly bool IsEntered => _lease.IsHeld;

    /// <summary>What leases are taken of; null if the descriptor is ours.</summary>
    internal readonly SafeHandle? Handle => _handle;

    /// <summary>The handle that the program knows.</summary>
    internal readonly SafeHandle? Given => _given ?? _handle;

    internal readonly OwnedDescriptor? Owned => _owned;

    /// <summary>True if this process has closed it. While anybody leases it, it looks open.</summary>
    internal readonly bool IsClosed => Kind == Kinds.Owned ? _owned!.IsClosing : Given!.IsClosed;

    /// <summary>True if nobody is told when the program closes it: the handle it closes is not the one that we
    /// have.</summary>
    internal readonly bool IsDuplicate => _given is not null;

    /// <param name="handle">The program's.</param>
    /// <param name="wakes">Its dispose wakes who waits: see <see cref="Kinds.Socket"/>.</param>
    /// <exception cref="IOException">A foreign handle, and no descriptor is left for its duplicate.</exception>
    internal void Open(SafeHandle handle, bool wakes)
    {
        Debug.Assert(Kind == Kinds.None);
        Kind = wakes ? Kinds.Socket : Kinds.Borrowed;
        _handle = handle;
        if (OperatingSystem.IsLinux()
            && ForeignHandle.Is(handle) && ForeignHandle.TryDuplicate(handle) is { } duplicate)
        {
            _given = handle;
            _handle = duplicate;
        }
    }

    /// <param name="owned">Ours, and used on the thread of its loop alone.</param>
    internal void Open(OwnedDescriptor owned)
    {
        Debug.Assert(Kind == Kinds.None);
        Kind = Kinds.Owned;
        _owned = owned;
    }

    internal bool TryEnter()
    {
        Debug.Assert(!IsEntered);
        return Kind == Kinds.Owned
            ? !_owned!.IsClosing : _given is not { IsClosed: true } && FdLease.TryAcquire(_handle, out _lease);
    }

    internal void Exit() => _lease.Release();

    /// <summary>Forgets it; it stays open.</summary>
    internal void Close()
    {
        Debug.Assert(!_lease.IsHeld);
        if (_given is not null)
        {
            _handle!.Dispose();
        }

        this = default;
    }
}
