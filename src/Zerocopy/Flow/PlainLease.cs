using System.Runtime.InteropServices;

namespace Zerocopy;

/// <summary>A reference on a handle, as .NET counts them: as long as it is held, the descriptor is this one.</summary>
internal struct PlainLease
{
    private SafeHandle? _held;

    /// <summary>False if it is closed.</summary>
    internal bool TryEnter(SafeHandle handle)
    {
        if (_held is null)
        {
            bool isHeld = false;
            try
            {
                handle.DangerousAddRef(ref isHeld);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }

            _held = handle;
        }

        return true;
    }

    internal void Exit()
    {
        _held?.DangerousRelease();
        _held = null;
    }
}
