using System.Diagnostics;

namespace Zerocopy;

/// <summary>One operation inside a stream. The stream is the program's own code, so its task is believed in
/// nothing.</summary>
/// <remarks>Belongs to whoever runs the flow. That the task calls back only says that it is worth a look: a stream may
/// call back twice, too early, or from within the call that asked it to. Whatever throws here is the stream's
/// exception, and the state says what is known of its buffer.</remarks>
internal struct StreamIo
{
    private ValueTask<int> _read;
    private ValueTask _write;
    private bool _isWrite;
    private int _asked;

    internal enum Step : byte
    {
        /// <summary>No operation.</summary>
        Idle,

        /// <summary>An operation is going on; it owns its buffer.</summary>
        Pending,

        /// <summary>It is over and its result has not been taken.</summary>
        Completed,

        /// <summary>It has broken the contract of a stream, or did not say whether it goes on: it owns its buffer for
        /// good.</summary>
        Lost,
    }

    internal Step State { get; private set; }

    /// <summary>True if it moves no bytes: a read that only waits for data, a flush.</summary>
    internal readonly bool IsEmpty => _asked == 0;

    /// <summary>True if it has bytes of a block in its hands, or has put some there that were not taken.</summary>
    internal readonly bool OwnsBytes => State != Step.Idle && !IsEmpty;

    internal void BeginRead(ValueTask<int> read, int asked, Action completed)
    {
        Begin(asked, isWrite: false);
        _read = read;
        if (!read.IsCompleted)
        {
            read.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(completed);
            State = Step.Pending;
            return;
        }

        State = Step.Completed;
    }

    internal void BeginWrite(ValueTask write, int length, Action completed)
    {
        Begin(length, isWrite: true);
        _write = write;
        if (!write.IsCompleted)
        {
            write.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(completed);
            State = Step.Pending;
            return;
        }

        State = Step.Completed;
    }

    /// <summary>Asks a pending one whether it is over.</summary>
    /// <returns>True if it is.</returns>
    internal bool Look()
    {
        if (State == Step.Pending)
        {
            State = Step.Lost; // Unless it answers.
            bool isOver = _isWrite ? _write.IsCompleted : _read.IsCompleted;
            State = isOver ? Step.Completed : Step.Pending;
        }

        return State == Step.Completed;
    }

    /// <summary>Takes the result of one that is over: how many bytes, or what it threw.</summary>
    internal int Take()
    {
        Debug.Assert(State == Step.Completed);
        StreamIo over = this;
        this = default;
        if (over._isWrite)
        {
            over._write.GetAwaiter().GetResult();
            return over._asked;
        }

        int count = over._read.GetAwaiter().GetResult();
        if (count < 0 || count > over._asked)
        {
            this = over;
            State = Step.Lost;
            throw ThrowHelper.WrongCount(count, over._asked);
        }

        return count;
    }

    private void Begin(int asked, bool isWrite)
    {
        Debug.Assert(State == Step.Idle);
        State = Step.Lost; // Unless its task answers.
        _asked = asked;
        _isWrite = isWrite;
    }
}
