// The other side of a socket: sends a stream in pieces, reads at its own pace, and ends in one of several ways.
using Zerocopy.Sys;

namespace Zerocopy.Properties.Simulation;

internal enum PeerEnd
{
    Fin,

    /// <summary>FIN once it has got one itself: a request and its answer.</summary>
    FinAfterFin,

    /// <summary>Goes silent.</summary>
    Never,

    Reset,
    TimedOut,

    /// <summary>FIN, and a reset behind it.</summary>
    FinThenReset,

    /// <summary>FIN, and a reset for whatever still comes: it reads no more.</summary>
    Close,
}

/// <summary>What a peer sends.</summary>
internal enum PeerStyle
{
    Any,

    /// <summary>Much at once, so that the flow splices.</summary>
    Large,

    /// <summary>With urgent marks.</summary>
    Marked,
}

internal sealed class SimPeer : SimActor
{
    private const int InboxMax = 768 * 1024;
    private const int PiecesMax = 300; // Small pieces make a short stream: a schedule has an end.

    // Piece sizes: what small writes, TCP segments, and large sends look like in a receive queue.
    private static readonly (int Low, int High)[] s_sizes =
        [(1, 200), (700, 700), (1448, 14480), (16384, 65536), (65536, 65536), (60000, 200000), (100000, 400000)];

    private readonly SimRandom _random;
    private readonly int _stream;
    private readonly PeerEnd _end;
    private readonly (int Low, int High) _size;
    private readonly bool _mixesSizes;
    private readonly int _marksPercent;
    private readonly int _cutsPercent;
    private long _position;
    private int _remaining;
    private bool _hasEnded;

    internal SimPeer(
        SimSocket socket, SimRandom random, int stream, long start, int bytes, PeerEnd end, PeerStyle style)
    {
        Socket = socket;
        _random = random;
        _stream = stream;
        _position = start;
        _end = end;
        _size = style == PeerStyle.Large ? s_sizes[^1] : s_sizes[random.Below(s_sizes.Length)];
        _mixesSizes = style != PeerStyle.Large && random.Chance(40);
        _marksPercent = !socket.IsUnix && (style == PeerStyle.Marked || random.Chance(25)) ? random.Between(5, 40) : 0;
        _cutsPercent = socket.IsUnix && random.Chance(30) ? random.Between(1, 40) : 0;
        _remaining = _mixesSizes ? bytes : Math.Min(bytes, _size.High * PiecesMax);
    }

    internal SimSocket Socket { get; }

    /// <summary>The most that it reads at once.</summary>
    internal required int ReadMax { get; init; }

    /// <summary>Stops reading, so that the Socket fills up for good, once it has read so much.</summary>
    internal long StopsReadingAfter { get; init; } = long.MaxValue;

    /// <summary>Resets the connection once it has read so much.</summary>
    internal long DiesAfter { get; init; } = long.MaxValue;

    internal long BytesRead { get; private set; }

    /// <summary>It has read everything, and then the end of stream.</summary>
    internal bool SawFin => Socket.FinSent && Socket.Unsent == 0;

    internal bool ReadsOn => !Socket.CannotSend && BytesRead < StopsReadingAfter;

    internal override bool IsQuiet
        => !CanSendNow && (Socket.Unsent == 0 || !ReadsOn) && !Socket.OwesEdge;

    private bool CanSendNow => !Socket.CannotSend && !Socket.IsShutDown && !_hasEnded && HasMore
        && Socket.Inbox.Bytes < InboxMax;

    private bool HasMore => _remaining > 0
        || (_end is not PeerEnd.Never && (_end is not PeerEnd.FinAfterFin || SawFin));

    internal override bool ActsOn(SimFd fd) => fd == Socket;

    internal override void Tick()
    {
        if (Socket.OwesEdge && _random.Chance(50))
        {
            Socket.OwesEdge = false;
            Socket.WantsRoom = false;
            Socket.Edge();
            return;
        }

        bool canRead = Socket.Unsent > 0 && ReadsOn;
        if (canRead && (!CanSendNow || _random.Chance(50)))
        {
            Read();
        }
        else if (CanSendNow)
        {
            Send();
        }
    }

    private void Read()
    {
        int count = Math.Min(Socket.Unsent, _random.Between(1, ReadMax));
        Socket.Unsent -= count;
        BytesRead += count;
        if (BytesRead >= DiesAfter || (_hasEnded && _end == PeerEnd.Close))
        {
            Socket.Reset(_random.Pick<Errno>([Errno.ECONNRESET, Errno.EPIPE, Errno.ETIMEDOUT]));
        }
        else if (Socket.WantsRoom && Socket.Room >= Socket.RoomMax / 3)
        {
            Socket.WantsRoom = false;
            Socket.Edge();
        }
    }

    private void Send()
    {
        if (_remaining == 0)
        {
            End();
        }
        else if (Socket.Inbox.UrgentMarks == 0 && _random.Chance(_marksPercent))
        {
            Socket.Inbox.AppendMark(); // A second mark would turn the first one's byte into data: not in this model.
            Socket.Edge();
        }
        else
        {
            (int low, int high) = _mixesSizes ? s_sizes[_random.Below(s_sizes.Length)] : _size;
            int count = Math.Min(_remaining, _random.Between(low, high));
            _remaining -= count;
            bool endsRead = _random.Chance(_cutsPercent);
            for (int left = count; left > 0;)
            {
                int piece = Math.Min(left, 32 * 1024); // The kernel's pages: one slot of a pipe each.
                left -= piece;
                Socket.Inbox.Append(new SimRange(_stream, _position, piece), endsRead && left == 0);
                _position += piece;
            }

            Socket.Edge();
        }
    }

    private void End()
    {
        _hasEnded = true;
        switch (_end)
        {
            case PeerEnd.Reset:
                Socket.Reset(Errno.ECONNRESET);
                break;
            case PeerEnd.TimedOut:
                Socket.Reset(Errno.ETIMEDOUT);
                break;
            case PeerEnd.FinThenReset:
                Socket.FinReceived = true;
                Socket.Reset(Errno.EPIPE);
                break;
            default:
                Socket.FinReceived = true;
                Socket.Edge();
                break;
        }
    }
}
