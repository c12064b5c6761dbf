using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>A reference on a handle, as .NET counts them: as long as it is held, the descriptor is this one.</summary>
/// <param name="given">The user's.</param>
internal struct PlainLease(SafeHandle given)
{
    private bool _isHeld;

    /// <summary>What a relay that owns it closes.</summary>
    internal readonly SafeHandle Given => given;

    /// <summary>The descriptor, or a duplicate of it: see <see cref="ForeignHandle"/>.</summary>
    internal readonly SafeHandle Handle { get; } = OperatingSystem.IsLinux() && ForeignHandle.Is(given)
        ? ForeignHandle.TryDuplicate(given) ?? given : given;

    internal readonly bool IsDuplicate => !ReferenceEquals(Handle, given);

    /// <summary>False if it is closed.</summary>
    internal bool TryEnter()
    {
        if (!_isHeld && !given.IsClosed)
        {
            try
            {
                Handle.DangerousAddRef(ref _isHeld);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }

        return _isHeld;
    }

    internal void Exit()
    {
        if (_isHeld)
        {
            _isHeld = false;
            Handle.DangerousRelease();
        }
    }

    /// <summary>Gives the duplicate back.</summary>
    internal readonly void Close()
    {
        if (IsDuplicate)
        {
            Handle.Dispose();
        }
    }
}
