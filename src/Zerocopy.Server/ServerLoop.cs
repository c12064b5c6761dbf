using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>What a server has on one loop: its listeners' watches, its living connections and those that are kept for
/// the next ones. Belongs to the loop's thread, but for <see cref="Ask"/> and what is said to be anybody's.</summary>
internal sealed class ServerLoop : LoopWork
{
    private const int IdleMax = 1024; // Connections of about 2 KiB.

    private readonly ConnectionListeners _listeners;
    private readonly Stack<ConnectionOperation> _idle = new();
    private ConnectionOperation? _living; // A list through them.
    private int _requests;
    private int _count;

    internal ServerLoop(ServerCore core, FlowHost host)
    {
        Core = core;
        Host = host;
        _listeners = new ConnectionListeners(this, core.Sockets);
    }

    [Flags]
    internal enum Requests
    {
        None = 0,

        /// <summary>Begin to listen.</summary>
        Listen = 1,

        /// <summary>There is a place again: who waits for one goes on accepting.</summary>
        ResumeFull = 2,

        /// <summary>There are descriptors again.</summary>
        ResumeWanting = 4,

        /// <summary>Accept no more.</summary>
        StopListening = 8,

        /// <summary>Reset what still lives.</summary>
        Abort = 16,
    }

    internal ServerCore Core { get; }

    internal FlowHost Host { get; }

    internal EventLoop Loop => Host.Loop;

    internal LoopCounters Counters { get; } = new();

    /// <summary>Connections that are here or on their way here. Any thread.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Has something done by the loop. Any thread.</summary>
    internal void Ask(Requests request)
    {
        _ = Interlocked.Or(ref _requests, (int)request);
        Post();
    }

    /// <summary>A connection comes to be of this loop: raised by who hands it over, before it is posted. Any
    /// thread.</summary>
    internal void Raise() => Interlocked.Increment(ref _count);

    /// <summary>A connection to use, which is in no list.</summary>
    internal ConnectionOperation Take() => _idle.TryPop(out ConnectionOperation? idle) ? idle : new();

    /// <summary>It has begun here.</summary>
    internal void Add(ConnectionOperation connection)
    {
        connection.Next = _living;
        if (_living is not null)
        {
            _living.Previous = connection;
        }

        _living = connection;
    }

    /// <summary>It is over, and holds nothing any more.</summary>
    internal void Remove(ConnectionOperation connection)
    {
        if (connection.Next is { } next)
        {
            next.Previous = connection.Previous;
        }

        if (connection.Previous is { } previous)
        {
            previous.Next = connection.Next;
        }
        else
        {
            Debug.Assert(_living == connection);
            _living = connection.Next;
        }

        connection.Next = null;
        connection.Previous = null;
        if (_idle.Count < IdleMax)
        {
            _idle.Push(connection);
        }

        _ = Interlocked.Decrement(ref _count);
        Core.ConnectionEnded();
    }

    /// <summary>One that was taken and did not begin.</summary>
    internal void GiveBack(ConnectionOperation connection) => _idle.Push(connection);

    protected override void Enqueue() => Loop.Enqueue(this);

    protected override bool Turn()
    {
        Requests requests = (Requests)Interlocked.Exchange(ref _requests, 0);
        if ((requests & Requests.Listen) != 0)
        {
            Listen();
        }

        _listeners.Resume(
            full: (requests & Requests.ResumeFull) != 0, wanting: (requests & Requests.ResumeWanting) != 0);
        if ((requests & Requests.StopListening) != 0)
        {
            _listeners.Stop();
            Core.LoopListensNoMore();
        }

        if ((requests & Requests.Abort) != 0)
        {
            for (ConnectionOperation? connection = _living; connection is not null;)
            {
                ConnectionOperation? next = connection.Next;
                connection.Abort();
                connection = next;
            }
        }

        return false;
    }

    private void Listen()
    {
        Errno error;
        try
        {
            error = _listeners.Listen();
        }
        catch (OutOfMemoryException)
        {
            error = Errno.ENOMEM;
        }

        Core.LoopListens(error);
    }
}
