using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>A server's listening sockets, as one loop watches them.</summary>
internal sealed class ConnectionListeners(ServerLoop loop, ListeningSocket[] sockets)
{
    private readonly ListenerOperation[] _operations =
        Array.ConvertAll(sockets, socket => new ListenerOperation(loop, socket));

    /// <returns>0, or why not all of them can be watched; then none is.</returns>
    internal Errno Listen()
    {
        foreach (ListenerOperation operation in _operations)
        {
            Errno error = operation.Listen();
            if (error != 0)
            {
                Stop();
                return error;
            }
        }

        return 0;
    }

    /// <summary>Those that have paused go on.</summary>
    /// <param name="full">Those that wait for a place.</param>
    /// <param name="wanting">Those that wait for descriptors.</param>
    internal void Resume(bool full, bool wanting)
    {
        foreach (ListenerOperation operation in _operations)
        {
            operation.Resume(full, wanting);
        }
    }

    internal void Stop()
    {
        foreach (ListenerOperation operation in _operations)
        {
            operation.Stop();
        }
    }
}
