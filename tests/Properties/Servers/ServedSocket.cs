// One socket of the server in the model: accepted, or opened to dial. The number it has is its only while it is open.
using System.Net;
using System.Net.Sockets;
using Zerocopy.Properties.Simulation;
using Zerocopy.Sys;

namespace Zerocopy.Properties.Servers;

/// <summary>How far a socket has come.</summary>
internal enum ServedState
{
    /// <summary>Opened, and not connected.</summary>
    Fresh,

    Connecting,
    Connected,

    /// <summary>Its connect has failed.</summary>
    Refused,
}

/// <param name="isUnix">Or TCP.</param>
/// <param name="stream">What its peer sends.</param>
/// <param name="isClient">Accepted; otherwise it is the server's, to dial.</param>
internal sealed class ServedSocket(bool isUnix, int stream, bool isClient) : SimSocket(-1, isUnix)
{
    internal int Stream { get; } = stream;

    internal bool IsClient { get; } = isClient;

    internal ServedState State { get; set; } = isClient ? ServedState.Connected : ServedState.Fresh;

    /// <summary>The socket that its bytes go to and come from. Of a client the one that was opened last.</summary>
    internal ServedSocket? Partner { get; set; }

    /// <summary>Where a client comes from: no two have the same.</summary>
    internal EndPoint? Address { get; init; }

    /// <summary>The loop whose calls it has seen since it was accepted; -1 before the first.</summary>
    internal int Loop { get; set; } = -1;

    internal int AcceptedBy { get; set; } = -1;

    /// <summary>The loop that should have it.</summary>
    internal int DueLoop { get; set; }

    /// <summary>Who watches it, and by which name.</summary>
    internal ServedEpoll? Watch { get; set; }

    internal ulong Token { get; set; }

    internal bool IsClosed { get; set; }

    /// <summary>SO_LINGER with 0: the close is a reset.</summary>
    internal bool ClosesByReset { get; set; }

    /// <summary>A flow has asked for its bytes.</summary>
    internal bool IsRelayed { get; set; }

    // Bytes, by the kernel's own books.
    internal long Taken { get; set; }

    internal long Given { get; set; }

    internal long Spliced { get; set; }

    /// <summary>When a byte of it moved last, or when it came to be.</summary>
    internal long MovedMs { get; set; }

    internal long OpenedMs { get; init; }

    /// <summary>When its end was read.</summary>
    internal long EndedInRound { get; set; } = long.MaxValue;

    internal long? ShutMs { get; set; }

    /// <summary>What its splices are refused with, from the first one on.</summary>
    internal Errno Refusal { get; init; }

    internal bool HasRefusedToGive { get; set; }

    internal bool HasRefusedToTake { get; set; }

    /// <summary>No room to watch it, or to read it.</summary>
    internal bool LacksMemory { get; set; }

    /// <summary>What its calls have failed with, other than would-block.</summary>
    internal HashSet<Errno> Errors { get; } = [];

    /// <summary>The peer has said its end and all of it has been delivered.</summary>
    internal bool IsDelivered
        => FinReceived && Inbox.Bytes == 0 && Partner is not null && Partner.Given == Taken;

    private protected override bool IsRead => true;

    internal void TakeNumber(int fd) => Fd = fd;

    internal override void Reset(Errno error)
    {
        base.Reset(error);
        FinReceived |= IsUnix && Error == 0; // A close, which is the end of what was sent.
    }

    internal override EpollEvents Mask() => State switch
    {
        ServedState.Fresh => EpollEvents.Out | EpollEvents.HangUp,
        ServedState.Connecting => EpollEvents.None,
        _ => base.Mask(),
    };
}

/// <summary>One listening socket, with those that have connected and are not accepted.</summary>
/// <param name="fd">Its number.</param>
/// <param name="endPoint">Where it listens.</param>
internal sealed class ServedListener(int fd, EndPoint endPoint)
{
    internal int Fd { get; } = fd;

    internal EndPoint EndPoint { get; } = endPoint;

    internal bool IsUnix => EndPoint is UnixDomainSocketEndPoint;

    internal bool IsClosed { get; set; }

    internal Queue<ServedSocket> Waiting { get; } = new();
}
