using System.Diagnostics;
using Zerocopy.Sys;

namespace Zerocopy.Server;

/// <summary>A server without its outside: what its loops have in common. Any thread, unless said otherwise.</summary>
internal sealed class ServerCore
{
    // A loop hands a connection to another one if it has so much more than the mean, and so many.
    private const int UnevenPercent = 125;
    private const int UnevenMin = 8;

    private readonly ServerLoop[] _loops;
    private readonly TaskCompletionSource<Errno> _listening = NewSource<Errno>();
    private readonly TaskCompletionSource<Errno> _listensNoMore = NewSource<Errno>();
    private readonly TaskCompletionSource<Errno> _ended = NewSource<Errno>();
    private long _lastId;
    private int _living; // With a place for each accept that is going on.
    private int _waiting; // Listeners that have paused.
    private int _listeningLoops;
    private int _listenError;
    private volatile bool _isDraining;
    private volatile bool _isAborting;

    internal ServerCore(
        ServerSettings settings, IKernel kernel, FlowHost[] hosts, ListeningSocket[] sockets)
    {
        Settings = settings;
        Kernel = kernel;
        Sockets = sockets;
        _loops = Array.ConvertAll(hosts, host => new ServerLoop(this, host));
    }

    internal ServerSettings Settings { get; }

    internal IKernel Kernel { get; }

    internal ListeningSocket[] Sockets { get; }

    /// <summary>True once what lives is reset, and what still arrives.</summary>
    internal bool IsAborting => _isAborting;

    internal bool HasRoom => Volatile.Read(ref _living) < Settings.MaxConnections;

    /// <summary>Completes once every connection has ended, after <see cref="Drain"/>.</summary>
    internal Task Ended => _ended.Task;

    /// <summary>Has every loop listen.</summary>
    /// <returns>0, or why one of them cannot; then the others are to be stopped.</returns>
    internal Task<Errno> ListenAsync()
    {
        _listeningLoops = _loops.Length;
        Ask(ServerLoop.Requests.Listen);
        return _listening.Task;
    }

    /// <summary>Has every loop listen no more; completes once none does.</summary>
    internal Task StopListeningAsync()
    {
        _listeningLoops = _loops.Length;
        Ask(ServerLoop.Requests.StopListening);
        return _listensNoMore.Task;
    }

    /// <summary>From here on <see cref="Ended"/> completes when nothing lives. Nobody accepts any more.</summary>
    internal void Drain()
    {
        _isDraining = true;
        Interlocked.MemoryBarrier(); // Either this sees the last one gone, or the last one sees that.
        CompleteIfEnded();
    }

    /// <summary>Resets what still lives.</summary>
    internal void Abort()
    {
        _isAborting = true;
        Ask(ServerLoop.Requests.Abort);
    }

    /// <summary>Connections of each loop, those included that are on their way there. For tests.</summary>
    internal int[] GetCounts() => Array.ConvertAll(_loops, loop => loop.Count);

    internal RelayServerCounters GetCounters()
    {
        RelayServerCounters sum = new();
        foreach (ServerLoop loop in _loops)
        {
            loop.Counters.AddTo(sum);
            sum.Active += loop.Count;
        }

        Settings.Records?.AddTo(sum);
        return sum;
    }

    internal long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Takes a place for one more connection.</summary>
    /// <returns>False if there are as many as there may be.</returns>
    internal bool TryReserve()
    {
        int seen = Volatile.Read(ref _living);
        while (seen < Settings.MaxConnections)
        {
            int before = Interlocked.CompareExchange(ref _living, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>A place that was not needed. Who waits for descriptors is not told: there are no more than before, and
    /// two that tell each other so would spin.</summary>
    internal void GiveBack() => Leave(ServerLoop.Requests.ResumeFull);

    /// <summary>A connection is closed: there is a place, and there are two descriptors.</summary>
    internal void ConnectionEnded() => Leave(ServerLoop.Requests.ResumeFull | ServerLoop.Requests.ResumeWanting);

    internal void CountWaiting(int change)
    {
        _ = Interlocked.Add(ref _waiting, change);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Who is to have a connection that was accepted on <paramref name="here"/>: usually the same, and the one
    /// with the fewest if this one has many more than the others.</summary>
    internal ServerLoop Lightest(ServerLoop here)
    {
        if (_loops.Length == 1)
        {
            return here;
        }

        int sum = 0;
        ServerLoop lightest = here;
        foreach (ServerLoop loop in _loops)
        {
            sum += loop.Count;
            lightest = loop.Count < lightest.Count ? loop : lightest;
        }

        long mean = sum / _loops.Length;
        return here.Count * 100L > mean * UnevenPercent && here.Count >= mean + UnevenMin ? lightest : here;
    }

    /// <summary>By a loop: it listens, or cannot.</summary>
    internal void LoopListens(Errno error)
    {
        if (error != 0)
        {
            _ = Interlocked.CompareExchange(ref _listenError, (int)error, 0);
        }

        if (Interlocked.Decrement(ref _listeningLoops) == 0)
        {
            _listening.SetResult((Errno)Volatile.Read(ref _listenError));
        }
    }

    /// <summary>By a loop: it listens no more.</summary>
    internal void LoopListensNoMore()
    {
        if (Interlocked.Decrement(ref _listeningLoops) == 0)
        {
            _listensNoMore.SetResult(0);
        }
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Ask(ServerLoop.Requests request)
    {
        foreach (ServerLoop loop in _loops)
        {
            loop.Ask(request);
        }
    }

    private void Leave(ServerLoop.Requests resume)
    {
        _ = Interlocked.Decrement(ref _living);

        // A listener that pauses counts itself and then looks for room: one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _waiting) > 0)
        {
            Ask(resume);
        }

        CompleteIfEnded();
    }

    private void CompleteIfEnded()
    {
        int living = Volatile.Read(ref _living);
        Debug.Assert(living >= 0);
        if (_isDraining && living == 0)
        {
            _ = _ended.TrySetResult(0);
        }
    }
}
