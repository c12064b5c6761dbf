// What a socket and an end of a pipe have in common: a number, who uses it, and what epoll would say of it.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal abstract class SimFd(int fd)
{
    internal int Fd { get; private protected set; } = fd;

    /// <summary>Who reads it, and who writes it.</summary>
    internal SimDirection? Reader { get; set; }

    internal SimDirection? Writer { get; set; }

    // Closed by this process, under the flow.
    internal LocalClose Closed { get; private protected set; }

    /// <summary>The handle shows that it was disposed.</summary>
    internal bool ClosedIsVisible { get; private protected set; }

    // epoll
    internal bool IsRegistered { get; set; }

    internal bool HasEdge { get; set; }

    /// <summary>An edge that must still come, for a would-block that nothing in this state explains.</summary>
    internal bool OwesEdge { get; set; }

    /// <summary>It was asked and has said to be ready; until the flow uses that, it is.</summary>
    internal bool HasClaimed { get; set; }

    /// <summary>The queue a reader takes from; a destination's is not asked for.</summary>
    internal abstract SimQueue Queue { get; }

    /// <summary>The other side has said that nothing more comes.</summary>
    internal abstract bool HasSaidEnd { get; }

    /// <summary>Whoever waits for it to become readable has a reason to.</summary>
    internal abstract bool HasNothing { get; }

    /// <summary>Whoever waits for it to become writable has a reason to.</summary>
    internal abstract bool HasNoRoom { get; }

    internal void Edge() => HasEdge |= IsRegistered;

    /// <summary>What epoll_wait would report now.</summary>
    internal abstract EpollEvents Mask();

    /// <summary>The other side breaks off.</summary>
    internal abstract void Reset(Errno error);

    /// <summary>This process closes it under the flow.</summary>
    internal abstract void CloseLocally(LocalClose how, bool isVisible);
}

/// <summary>How a close by this process looks to the calls that are still to come.</summary>
internal enum LocalClose
{
    None,

    /// <summary>shutdown: reads give 0, TCP still knows that no FIN has come; the handle may show it late.</summary>
    Shutdown,

    /// <summary>disconnect: reads give 0; only the handle knows. What a pipe shows whose other end is closed
    /// too.</summary>
    Disconnect,

    /// <summary>disconnect: reads and writes fail.</summary>
    Error,
}
