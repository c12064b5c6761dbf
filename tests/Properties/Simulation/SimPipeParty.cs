// Whoever else has an end of the user's pipe: fills it or drains it at its own pace, and ends in one of several ways.
namespace Zerocopy.Properties.Simulation;

/// <summary>Writes a stream into a pipe, by write(2), by splice, or by both in turn.</summary>
internal sealed class SimPipeWriter : SimActor
{
    private const int PiecesMax = 300; // Small pieces make a short stream: a schedule has an end.

    private readonly SimPipe _pipe;
    private readonly SimRandom _random;
    private readonly int _stream;
    private readonly PeerEnd _end;
    private readonly int _pieceMax;
    private long _position;
    private int _remaining;

    internal SimPipeWriter(SimPipe pipe, SimRandom random, int stream, long start, int bytes, PeerEnd end)
    {
        _pipe = pipe;
        _random = random;
        _stream = stream;
        _position = start;
        _end = end;
        _pieceMax = random.Pick<int>([100, 1448, SimPipe.PageBytes, SimPipe.PageBytes, 16 * 1024, 32 * 1024]);
        _remaining = Math.Min(bytes, _pieceMax * PiecesMax);
    }

    internal override bool IsQuiet => !_pipe.ReadSide.OwesEdge && !CanWrite && !CanEnd;

    private bool CanWrite => _pipe.HasWriters && _remaining > 0 && !_pipe.IsFull;

    private bool CanEnd => _pipe.HasWriters && _remaining == 0 && _end != PeerEnd.Never;

    internal override bool ActsOn(SimFd fd) => fd == _pipe.ReadSide;

    internal override void Tick()
    {
        if (_pipe.ReadSide.OwesEdge && _random.Chance(50))
        {
            _pipe.ReadSide.OwesEdge = false;
            _pipe.ReadSide.Edge();
        }
        else if (CanWrite)
        {
            Write();
        }
        else if (CanEnd)
        {
            _pipe.CloseWriters();
        }
    }

    /// <summary>A few pieces at once, as many as fit.</summary>
    private void Write()
    {
        for (int pieces = _random.Between(1, 6); pieces > 0 && CanWrite; pieces--)
        {
            int count = Math.Min(_remaining, _random.Chance(20) ? _random.Between(1, _pieceMax) : _pieceMax);
            _pipe.Put(new SimRange(_stream, _position, count));
            _position += count;
            _remaining -= count;
        }
    }
}

/// <summary>Drains a pipe, piece by piece or by the byte.</summary>
internal sealed class SimPipeReader(SimPipe pipe, SimRandom random) : SimActor
{
    /// <summary>The most that it reads at once.</summary>
    internal required int ReadMax { get; init; }

    /// <summary>Stops reading, so that the pipe fills up for good, once it has read so much.</summary>
    internal long StopsReadingAfter { get; init; } = long.MaxValue;

    /// <summary>Closes the read end once it has read so much.</summary>
    internal long ClosesAfter { get; init; } = long.MaxValue;

    /// <summary>How often somebody else writes into the pipe as well.</summary>
    internal int Strangers { get; set; }

    internal long BytesRead { get; private set; }

    internal override bool IsQuiet => !pipe.WriteSide.OwesEdge && !CanRead && !CanClose;

    private bool CanRead => !pipe.Content.IsEmpty && BytesRead < StopsReadingAfter;

    // Not where zero copy is required: with a second writer a race cannot be told from an urgent mark.
    private bool CanMeetStrangers
        => Strangers > 0 && !pipe.IsFull && CanRead && pipe.WriteSide.Writer is not { IsZeroCopyOnly: true };

    private bool CanClose => pipe.HasReaders && BytesRead >= ClosesAfter;

    internal override bool ActsOn(SimFd fd) => fd == pipe.WriteSide;

    internal override void Tick()
    {
        if (pipe.WriteSide.OwesEdge && random.Chance(50))
        {
            pipe.WriteSide.OwesEdge = false;
            pipe.WriteSide.Edge();
        }
        else if (CanClose)
        {
            pipe.CloseReaders();
        }
        else if (CanMeetStrangers && random.Chance(20))
        {
            Strangers--;
            pipe.Put(new SimRange(SimContent.Foreign, 0, random.Between(1, SimPipe.PageBytes)));
        }
        else if (CanRead)
        {
            Read();
        }
    }

    private void Read()
    {
        int most = random.Between(1, ReadMax);
        while (most > 0 && !pipe.Content.IsEmpty)
        {
            SimRange range = pipe.Take(most);
            most -= range.Length;
            BytesRead += range.Length;
        }
    }
}
