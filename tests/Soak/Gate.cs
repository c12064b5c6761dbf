// Rounds go through it; when it is closed and the last of them is over, nothing runs, and what is left can be counted.
namespace Zerocopy.Soak;

internal sealed class Gate
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _open; // Not null while it is closed.
    private TaskCompletionSource? _empty;

    /// <summary>Rounds that run.</summary>
    internal int Inside { get; private set; }

    /// <summary>Before a round.</summary>
    internal async Task EnterAsync()
    {
        while (true)
        {
            Task open;
            lock (_lock)
            {
                if (_open is null)
                {
                    Inside++;
                    return;
                }

                open = _open.Task;
            }

            await open;
        }
    }

    /// <summary>After it.</summary>
    internal void Exit()
    {
        lock (_lock)
        {
            Inside--;
            if (Inside == 0)
            {
                _empty?.SetResult();
                _empty = null;
            }
        }
    }

    /// <summary>Lets nobody in, and waits until everybody is out.</summary>
    internal Task CloseAsync()
    {
        lock (_lock)
        {
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Inside == 0)
            {
                return Task.CompletedTask;
            }

            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task;
        }
    }

    internal void Open()
    {
        lock (_lock)
        {
            _open!.SetResult();
            _open = null;
        }
    }
}
