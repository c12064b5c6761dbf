using System.Net.Sockets;

namespace Zerocopy.Samples.FileServer;

/// <summary>The server: accepts, and gives each connection a thread.</summary>
/// <remarks>For a few hundred clients a thread each costs the least: the kernel wakes from poll(2) the very thread that
/// answers, and .NET's socket engine never sees the socket. Thousands would want CopyAsync.</remarks>
internal sealed class Server : IServing, IDisposable
{
    private const int FinishMs = 5000;
    private const int AbortMs = 2000;
    private const int BackOffMs = 50;
    private const int ReportMs = 1000;
    private const int StackBytes = 512 * 1024;

    private readonly Socket _listener;
    private readonly ServerOptions _options;
    private readonly WebRoot _root;
    private readonly TextWriter _log;
    private readonly Totals _totals = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly HashSet<Connection> _live = []; // Its lock is that of everything here that changes.
    private readonly int _threadsMax;
    private int _threads;
    private int _accepting;
    private long _number;
    private long _reportDueMs;

    /// <param name="listener">Owned.</param>
    /// <param name="options">What to serve.</param>
    /// <param name="log">For what is wrong.</param>
    /// <exception cref="IOException">There is no such folder.</exception>
    internal Server(Socket listener, ServerOptions options, TextWriter log)
    {
        (_listener, _options, _log) = (listener, options, log);
        _root = new WebRoot(options.Root);
        _threadsMax = Math.Min(options.ConnectionsMax, DescriptorLimit.RelaysMax());
    }

    public TimeSpan Patience => TimeSpan.FromMilliseconds(FinishMs);

    public long Living
    {
        get
        {
            lock (_live)
            {
                return _live.Count;
            }
        }
    }

    /// <inheritdoc/>
    public object Run()
    {
        while (!TryStartThread() && !_stop.Wait(BackOffMs))
        {
            continue; // There may be room for one soon.
        }

        _stop.Wait();
        lock (_live)
        {
            foreach (Connection connection in _live)
            {
                connection.Stop();
            }

            if (!WaitForAll(FinishMs))
            {
                foreach (Connection connection in _live)
                {
                    connection.Abort();
                }

                _ = WaitForAll(AbortMs);
            }
        }

        return _totals;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _stop.Set();
        _listener.Dispose();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _stop.Dispose();
    }

    /// <summary>Whoever accepts also serves, and before that sees to it that somebody else accepts.</summary>
    private void Work()
    {
        while (Accept() is { } client)
        {
            bool isLast = Interlocked.Decrement(ref _accepting) == 0;
            if (isLast && !TryStartThread())
            {
                client.Dispose(); // Nobody would accept meanwhile: this connection alone ends.
                Thread.Sleep(BackOffMs);
            }
            else
            {
                Serve(client);
            }

            _ = Interlocked.Increment(ref _accepting);
        }
    }

    /// <returns>False if the system has no room for a thread.</returns>
    private bool TryStartThread()
    {
        lock (_live)
        {
            if (_threads == _threadsMax)
            {
                Report($"{_threadsMax} connections at once are all that is allowed");
                return true; // The first that ends accepts again. Who wants in waits in the listener's queue.
            }

            try
            {
                _ = Interlocked.Increment(ref _accepting);
                new Thread(Work, StackBytes) { IsBackground = true }.Start();
                _threads++;
                return true;
            }
            catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
            {
                _ = Interlocked.Decrement(ref _accepting);
                Report($"no new thread: {e.Message}");
                return false;
            }
        }
    }

    /// <returns>Null when nothing is accepted any more.</returns>
    private Socket? Accept()
    {
        while (!_stop.IsSet)
        {
            try
            {
                return _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (!_stop.IsSet)
                {
                    Report($"cannot accept: {e.Message}");
                    Thread.Sleep(BackOffMs);
                }
            }
        }

        return null;
    }

    private void Serve(Socket client)
    {
        Connection connection = new(client, _root, _options, _totals, Report);
        lock (_live)
        {
            if (_stop.IsSet)
            {
                connection.Abort();
                return;
            }

            _ = _live.Add(connection);
        }

        _totals.AddConnection();
        Serve(connection, client);
        lock (_live)
        {
            _ = _live.Remove(connection);
            Monitor.Pulse(_live);
        }
    }

    private void Serve(Connection connection, Socket client)
    {
        if (!_options.Log)
        {
            connection.Serve();
            return;
        }

        DateTimeOffset acceptedAt = DateTimeOffset.UtcNow;
        long number = Interlocked.Increment(ref _number);
        string name = LogText.Peer(client);
        connection.Serve();
        TimeSpan lasted = DateTimeOffset.UtcNow - acceptedAt;
        Console.WriteLine($"{LogText.Begin(acceptedAt, number)}{name}, closed at {LogText.Seconds(lasted)}; "
            + $"{connection.Work}; {connection.End}");
    }

    private bool WaitForAll(int milliseconds)
    {
        long dueMs = Environment.TickCount64 + milliseconds;
        while (_live.Count > 0)
        {
            int leftMs = (int)(dueMs - Environment.TickCount64);
            if (leftMs <= 0 || !Monitor.Wait(_live, leftMs))
            {
                return _live.Count == 0;
            }
        }

        return true;
    }

    /// <summary>At most one line a second.</summary>
    private void Report(string what)
    {
        long nowMs = Environment.TickCount64;
        long dueMs = Volatile.Read(ref _reportDueMs);
        if (nowMs >= dueMs && Interlocked.CompareExchange(ref _reportDueMs, nowMs + ReportMs, dueMs) == dueMs)
        {
            _log.WriteLine(what);
        }
    }
}
