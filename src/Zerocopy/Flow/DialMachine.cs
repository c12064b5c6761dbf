using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy;

/// <summary>One connect(2) that waits for nobody: begun once, and finished by an edge.</summary>
/// <remarks>A field of its user, never copied.</remarks>
internal struct DialMachine
{
    // A unix listener whose queue is full answers EAGAIN, and no edge tells when there is room.
    internal const int QueueFullRetryMs = 10;

    private long _retryMs;

    internal enum Phases : byte
    {
        /// <summary>Not begun.</summary>
        Idle,

        /// <summary>An edge will say that it is over.</summary>
        Connecting,

        /// <summary>The listener's queue is full: it begins again at <see cref="DueMs"/>.</summary>
        QueueFull,

        /// <summary>Connected.</summary>
        Connected,

        /// <summary>See <see cref="Error"/>.</summary>
        Failed,
    }

    internal Phases Phase { get; private set; }

    internal Errno Error { get; private set; }

    /// <summary>When it wants a turn by itself, or <see cref="long.MaxValue"/>.</summary>
    internal readonly long DueMs => Phase == Phases.QueueFull ? _retryMs : long.MaxValue;

    /// <summary>Makes a socket for it, of which the caller is the owner; NODELAY where that exists: a relay passes on
    /// messages as they come.</summary>
    internal static Moved OpenSocket(IKernel kernel, PeerAddress address)
    {
        Moved made = kernel.OpenSocket(address.Domain);
        if (!made.IsError && !address.IsUnix)
        {
            kernel.SetNoDelay(BorrowedFd.FromRaw(made.Count));
        }

        return made;
    }

    /// <summary>Begins, or begins again.</summary>
    internal void Begin(IKernel kernel, BorrowedFd socket, PeerAddress address, long nowMs)
    {
        Debug.Assert(Phase is Phases.Idle or Phases.QueueFull);
        Errno begun = (Errno)kernel.Connect(socket, address.Bytes).Error;
        switch (begun)
        {
            case 0:
                Phase = Phases.Connected;
                break;
            case Errno.EINPROGRESS:
                Phase = Phases.Connecting;
                break;
            case Errno.EAGAIN when address.IsUnix:
                Phase = Phases.QueueFull;
                _retryMs = nowMs + QueueFullRetryMs;
                break;
            default:
                Fail(begun);
                break;
        }
    }

    /// <summary>What an edge says of it.</summary>
    /// <param name="kernel">Asked only where something failed.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="marks">What epoll has told of it.</param>
    internal void Take(IKernel kernel, BorrowedFd socket, Readiness marks)
    {
        Debug.Assert(Phase == Phases.Connecting);
        if ((marks & (Readiness.Failed | Readiness.HangUp)) != 0)
        {
            // EPIPE: a reset behind the end of the peer's stream (tcp_reset). It was connected, and may have answered.
            Errno error = (Errno)kernel.TakeError(socket);
            if (error is not (0 or Errno.EPIPE))
            {
                Fail(error);
                return;
            }
        }

        // One that hung up without an error was connected, and its peer has closed it since: whoever reads is told.
        Phase = (marks & (Readiness.Writable | Readiness.HangUp)) != 0 ? Phases.Connected : Phases.Connecting;
    }

    /// <summary>Gives up.</summary>
    internal void Fail(Errno error)
    {
        Phase = Phases.Failed;
        Error = error;
    }
}
