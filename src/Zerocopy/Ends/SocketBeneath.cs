using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>The socket beneath a stream of the base library, whose close could wait.</summary>
internal static class SocketBeneath
{
    internal static Socket? Of(Stream stream) => stream switch
    {
        NetworkStream network => network.Socket,
        AuthenticatedStream secure => Of(Inner(secure)),
        _ => null,
    };

    /// <summary>An SO_LINGER of the user's would make the close wait until everything is sent, or reset the connection.
    /// The kernel sends the rest also without.</summary>
    internal static void NeverWait(Socket socket) => SetLinger(socket, false);

    internal static void ResetAtClose(Socket socket) => SetLinger(socket, true);

    private static void SetLinger(Socket socket, bool on)
    {
        try
        {
            socket.LingerState = new LingerOption(on, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed or broken already: nothing is left to wait for.
        }
    }

    /// <summary>Tells the peer the end; again: does nothing.</summary>
    /// <returns>False if there is nobody to tell any more.</returns>
    internal static bool TryFinish(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    // Protected, so it is as lasting as what is public.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_InnerStream")]
    private static extern Stream Inner(AuthenticatedStream stream);
}
