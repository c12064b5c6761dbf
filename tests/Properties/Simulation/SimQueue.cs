// Bytes in order, as ranges: the receive queue of a socket, or what is in a pipe.
namespace Zerocopy.Properties.Simulation;

/// <summary>A piece of a queue. A mark has no bytes: TCP's urgent mark, whose byte is not part of the stream.</summary>
internal record struct SimSegment(SimRange Range, bool IsUrgentMark, bool EndsRead);

internal sealed class SimQueue
{
    private readonly List<SimSegment> _segments = [];
    private int _head;

    internal int Bytes { get; private set; }

    internal int UrgentMarks { get; private set; }

    /// <summary>How many pieces: in a pipe, each takes a slot, also one that is half read.</summary>
    internal int Pieces => _segments.Count - _head;

    internal bool IsEmpty => _head == _segments.Count;

    internal bool StartsWithMark => !IsEmpty && _segments[_head].IsUrgentMark;

    internal void Append(SimRange range, bool endsRead = false)
    {
        _segments.Add(new SimSegment(range, false, endsRead));
        Bytes += range.Length;
    }

    internal void AppendMark()
    {
        _segments.Add(new SimSegment(default, true, false));
        UrgentMarks++;
    }

    internal void DropMark()
    {
        _head++;
        UrgentMarks--;
    }

    internal void Clear()
    {
        _segments.Clear();
        _head = 0;
        Bytes = 0;
        UrgentMarks = 0;
    }

    /// <summary>Looks at a piece, as tee does: nothing leaves.</summary>
    internal SimRange Look(int piece) => _segments[_head + piece].Range;

    /// <summary>All that is there, from the head on.</summary>
    internal IEnumerable<SimSegment> Segments => _segments.Skip(_head);

    /// <summary>Takes the next piece of at most <paramref name="length"/> bytes. Not at a mark.</summary>
    /// <param name="length">More than 0.</param>
    /// <param name="endsRead">True if a read of a unix socket ends with it: descriptors were passed along.</param>
    internal SimRange Take(int length, out bool endsRead)
    {
        SimSegment segment = _segments[_head];
        SimRange range = segment.Range;
        endsRead = segment.EndsRead;
        int taken = Math.Min(length, range.Length);
        Bytes -= taken;
        if (taken < range.Length)
        {
            // Descriptors go with the first read of their piece.
            SimRange rest = new(range.Stream, range.Start + taken, range.Length - taken);
            _segments[_head] = new SimSegment(rest, false, false);
            return range with { Length = taken };
        }

        _head++;
        if (_head == _segments.Count)
        {
            _segments.Clear();
            _head = 0;
        }

        return range;
    }
}
