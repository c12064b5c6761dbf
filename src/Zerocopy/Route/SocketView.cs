using System.Net.Sockets;

namespace Zerocopy;

/// <summary>A <see cref="Socket"/> over a handle that stays the caller's.</summary>
internal static class SocketView
{
    internal static Socket Over(SafeSocketHandle handle)
    {
#pragma warning disable CA1816 // The view's finalizer would close the caller's handle.
        Socket view = new(handle);
        GC.SuppressFinalize(view);
        return view;
#pragma warning restore CA1816
    }
}
