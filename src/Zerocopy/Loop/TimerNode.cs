using System.Diagnostics;

namespace Zerocopy;

/// <summary>A link of the timer wheel's circular lists.</summary>
internal sealed class TimerNode
{
    private TimerNode _previous;

    internal TimerNode()
    {
        Next = this;
        _previous = this;
    }

    /// <summary>What is posted when it is due; null in a bucket's head.</summary>
    internal LoopWork? Work { get; init; }

    internal TimerNode Next { get; private set; }

    internal long DueTick { get; set; }

    internal bool IsArmed => Next != this;

    internal void LinkBefore(TimerNode head)
    {
        Debug.Assert(!IsArmed);
        _previous = head._previous;
        Next = head;
        _previous.Next = this;
        head._previous = this;
    }

    internal void Unlink()
    {
        Debug.Assert(IsArmed);
        _previous.Next = Next;
        Next._previous = _previous;
        Next = this;
        _previous = this;
    }
}
