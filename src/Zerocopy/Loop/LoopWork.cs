using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Zerocopy;

/// <summary>Something that runs in turns, one at a time, wherever it is at home: on a loop thread or on the thread
/// pool. Post it as often as you like, from anywhere; it runs at least once after the last post.</summary>
/// <remarks>Whoever posts leaves a word somewhere else first: an edge, a request, a result. So there are two places,
/// each side writes one and then reads the other, and each has a barrier in between; with one of them missing both
/// may read what was there before, and the word is lost (decision 0019).</remarks>
internal abstract class LoopWork
{
    private int _schedule = (int)Schedule.Idle;
    private TimerNode? _timer;

    private enum Schedule
    {
        /// <summary>Not queued, not running.</summary>
        Idle,

        /// <summary>In exactly one queue.</summary>
        Queued,

        /// <summary>Running, in no queue.</summary>
        Running,

        /// <summary>Running, and posted since: runs once more.</summary>
        RunningPosted,
    }

    /// <summary>Link of the queue it is in.</summary>
    internal LoopWork? NextQueued { get; set; }

    /// <summary>Its place in the timer wheel.</summary>
    internal TimerNode Timer => _timer ??= new TimerNode { Work = this };

    /// <summary>True if it waits for a deadline.</summary>
    internal bool HasDeadline => _timer is { IsArmed: true };

    /// <summary>True if a turn was asked for that has not begun.</summary>
    internal bool IsQueued => Volatile.Read(ref _schedule) == (int)Schedule.Queued;

    /// <summary>Asks for a turn, which sees all that the caller has stored before.</summary>
    internal void Post()
    {
        // What was stored for the turn is written before the schedule is read: see Run.
        Interlocked.MemoryBarrier();
        while (true)
        {
            int seen = Volatile.Read(ref _schedule);
            switch ((Schedule)seen)
            {
                case Schedule.Queued or Schedule.RunningPosted:
                    return;
                case Schedule.Idle:
                    if (Interlocked.CompareExchange(ref _schedule, (int)Schedule.Queued, seen) == seen)
                    {
                        Enqueue();
                        return;
                    }

                    break;
                default:
                    if (Interlocked.CompareExchange(ref _schedule, (int)Schedule.RunningPosted, seen) == seen)
                    {
                        return;
                    }

                    break;
            }
        }
    }

    /// <summary>Has the first turn at once, on the caller's thread. Nobody else knows of it yet.</summary>
    internal void RunFirst()
    {
        Debug.Assert(_schedule == (int)Schedule.Idle);
        Volatile.Write(ref _schedule, (int)Schedule.Queued);
        Run();
    }

    /// <summary>Runs one turn. Called by whoever took it out of the queue.</summary>
    internal void Run()
    {
        Debug.Assert(_schedule == (int)Schedule.Queued);
        Volatile.Write(ref _schedule, (int)Schedule.Running);

        // Ensures that Running is written before the turn reads what was left for it. These are different places in
        // memory, and a release alone lets the reads come first: whoever posts meanwhile would still see Queued and go.
        Interlocked.MemoryBarrier();
        bool isOver;
        try
        {
            isOver = Turn();
        }
        catch (Exception e)
        {
            isOver = Failed(e); // It ends this work with its cause; its neighbours and the thread go on.
        }

        if (isOver)
        {
            // Nobody can post any more: every source of posts was shut off before the last turn ended.
            Volatile.Write(ref _schedule, (int)Schedule.Idle);
            Completed();
            return;
        }

        int seen = Interlocked.CompareExchange(ref _schedule, (int)Schedule.Idle, (int)Schedule.Running);
        if (seen != (int)Schedule.Running)
        {
            Volatile.Write(ref _schedule, (int)Schedule.Queued);
            Enqueue();
        }
    }

    /// <summary>Puts it into the queue of its home.</summary>
    protected abstract void Enqueue();

    /// <summary>One turn.</summary>
    /// <returns>True if that was the last one: no post may come after it.</returns>
    protected abstract bool Turn();

    /// <summary>A turn threw. Whoever has a way to say so ends with it as the cause; what this throws in turn is a
    /// broken invariant and ends the process.</summary>
    /// <returns>As <see cref="Turn"/>.</returns>
    protected virtual bool Failed(Exception exception)
    {
        ExceptionDispatchInfo.Throw(exception);
        return true;
    }

    /// <summary>Called once after the last turn, when nothing refers to it any more.</summary>
    protected virtual void Completed()
    {
    }
}
