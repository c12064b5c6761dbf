namespace Zerocopy;

/// <summary>Who wants a turn on a loop: a stack that any thread pushes to, and the run list of the loop's
/// thread.</summary>
/// <remarks>Links run through the works themselves, which are in one queue at most, so queueing allocates
/// nothing.</remarks>
internal sealed class WorkQueue
{
    private LoopWork? _posted; // Newest first; taken whole.
    private LoopWork? _runFirst;
    private LoopWork? _runLast;

    /// <summary>True if somebody is in the run list: the loop must not sleep.</summary>
    internal bool HasRunnable => _runFirst is not null;

    /// <summary>True if another thread has posted since the stack was taken.</summary>
    internal bool HasPosted => Volatile.Read(ref _posted) is not null;

    /// <summary>Any thread.</summary>
    internal void Post(LoopWork work)
    {
        LoopWork? first;
        do
        {
            first = Volatile.Read(ref _posted);
            work.NextQueued = first;
        }
        while (Interlocked.CompareExchange(ref _posted, work, first) != first);
    }

    /// <summary>The loop's thread.</summary>
    internal void Append(LoopWork work)
    {
        work.NextQueued = null;
        if (_runLast is null)
        {
            _runFirst = work;
        }
        else
        {
            _runLast.NextQueued = work;
        }

        _runLast = work;
    }

    /// <summary>Moves what was posted to the run list, oldest first.</summary>
    internal void TakePosted()
    {
        LoopWork? last = Interlocked.Exchange(ref _posted, null);
        LoopWork? first = null;
        while (last is not null) // Newest first: turn it round.
        {
            LoopWork? before = last.NextQueued;
            last.NextQueued = first;
            first = last;
            last = before;
        }

        while (first is not null)
        {
            LoopWork? next = first.NextQueued;
            Append(first);
            first = next;
        }
    }

    /// <summary>A turn for everybody who is in the list now; who comes back waits for the next round, so that epoll
    /// is asked in between.</summary>
    internal void RunOnce()
    {
        LoopWork? last = _runLast;
        while (_runFirst is { } work)
        {
            _runFirst = work.NextQueued;
            if (_runFirst is null)
            {
                _runLast = null;
            }

            work.Run();
            if (work == last)
            {
                return;
            }
        }
    }
}
