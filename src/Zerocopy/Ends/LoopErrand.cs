namespace Zerocopy;

/// <summary>Registers a descriptor for an operation that runs on the thread pool, and unregisters it: both can only be
/// done on the loop's own thread.</summary>
internal sealed class LoopErrand(FlowHost host, DescriptorEnd end, FlowRunner owner) : LoopWork
{
    private volatile bool _isLeaving; // Set by the owner.
    private volatile State _state; // Set by the loop.

    private enum State
    {
        /// <summary>Not yet registered.</summary>
        New,

        /// <summary>Edges are told.</summary>
        Registered,

        /// <summary>No edge is told any more, and none ever will be.</summary>
        Left,
    }

    internal FlowHost Host { get; } = host;

    /// <summary>What it has registered. The loop's thread alone.</summary>
    internal Registration? Registration { get; set; }

    /// <summary>Why it could not register, or 0.</summary>
    internal int Error { get; private set; }

    /// <summary>Asks for the unregistering.</summary>
    /// <returns>True once it is done; until then the owner is posted when it is.</returns>
    internal bool Leave()
    {
        if (_state == State.Left)
        {
            return true;
        }

        _isLeaving = true;
        Post();
        return false;
    }

    protected override void Enqueue() => Host.Loop.Enqueue(this);

    protected override bool Failed(Exception exception)
    {
        // There was no memory for the registration; without it nobody can wait.
        Error = (int)Sys.Errno.ENOMEM;
        _state = _isLeaving ? State.Left : State.Registered;
        owner.Post();
        return false;
    }

    protected override bool Turn()
    {
        if (_isLeaving)
        {
            end.Unregister();
            _state = State.Left;
            owner.Post();
        }
        else if (_state == State.New)
        {
            // No lease while parked: the watchdog finds a dispose. The owner's turns cannot drop a lease that this
            // thread holds.
            Error = end.Register(keepsLease: false);
            _state = State.Registered;
            if (Error != 0)
            {
                owner.Post();
            }
        }

        return false;
    }
}
