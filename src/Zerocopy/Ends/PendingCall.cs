using System.Diagnostics;

namespace Zerocopy;

/// <summary>One call inside a pipeline, in the states of <see cref="StreamIo"/>, and believed in as little.</summary>
internal struct PendingCall<T>
{
    private ValueTask<T> _task;

    internal StreamIo.Step State { get; private set; }

    internal void Begin(ValueTask<T> task, Action completed)
    {
        Debug.Assert(State == StreamIo.Step.Idle);
        State = StreamIo.Step.Lost; // Unless its task answers.
        _task = task;
        if (task.IsCompleted)
        {
            State = StreamIo.Step.Completed;
            return;
        }

        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(completed);
        State = StreamIo.Step.Pending;
    }

    /// <summary>Asks a pending one whether it is over.</summary>
    internal void Look()
    {
        if (State == StreamIo.Step.Pending)
        {
            State = StreamIo.Step.Lost; // Unless it answers.
            State = _task.IsCompleted ? StreamIo.Step.Completed : StreamIo.Step.Pending;
        }
    }

    /// <summary>Takes the result of one that is over: it, or what it threw.</summary>
    internal T Take()
    {
        Debug.Assert(State == StreamIo.Step.Completed);
        ValueTask<T> over = _task;
        this = default;
        return over.GetAwaiter().GetResult();
    }
}
