using System.Net.Sockets;

namespace Zerocopy.Samples.FileServer;

/// <summary>One client: its requests, one after the other.</summary>
internal sealed class Connection
{
    private const int LingerMs = 2000;
    private const int LingerBytesMax = 4 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly HeadReader _reader;
    private readonly Exchange _exchange;
    private readonly Totals _all;
    private readonly Totals _own;
    private readonly Lock _ending = new();
    private volatile bool _isIdle;
    private volatile bool _isStopping;

    /// <param name="socket">Owned.</param>
    /// <param name="root">What is served.</param>
    /// <param name="options">How far the client may go.</param>
    /// <param name="all">What is counted.</param>
    /// <param name="report">Told of what the client is not.</param>
    internal Connection(Socket socket, WebRoot root, ServerOptions options, Totals all, Action<string> report)
    {
        (_socket, _all, _own) = (socket, all, new Totals(all));
        _socket.SendTimeout = (int)options.IdleTimeout.TotalMilliseconds; // Of answers that no transfer sends.
        _reader = new HeadReader(socket, options.IdleTimeout, options.HeadTimeout);
        _exchange = new Exchange(socket, _reader, root, options, _own, report);
    }

    /// <summary>What it was answered.</summary>
    internal string Work => _own.Work();

    /// <summary>How it ended.</summary>
    internal string End { get; private set; } = "";

    /// <summary>Serves it to its end, on the caller's thread.</summary>
    internal void Serve()
    {
        try
        {
            while (ServeNext())
            {
                continue;
            }

            End = _reader.IsAtEnd ? "the client ended it" : _isStopping ? "stopped" : "the server ended it";
            Linger();
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException
            or ObjectDisposedException)
        {
            End = $"broken: {e.Message}";
            _all.AddBroken();
            Reset(); // What was cut off must not look like an end.
        }
        finally
        {
            // .NET resets a connection that is closed while another thread is still inside a call on it.
            lock (_ending)
            {
                _socket.Dispose();
            }
        }
    }

    /// <summary>Ends it where no request is under way, and after the one that is. Any thread.</summary>
    internal void Stop()
    {
        _isStopping = true;
        Interlocked.MemoryBarrier();
        if (_isIdle)
        {
            EndReading();
        }
    }

    /// <summary>Ends it at once. Any thread.</summary>
    internal void Abort() => _socket.Dispose();

    private bool ServeNext()
    {
        RequestHead? request = null;
        try
        {
            ReadOnlySpan<byte> head = _reader.Read(SetIdle);
            if (head.Length == 0)
            {
                return false;
            }

            request = HeadParser.Parse(head);
            _exchange.Begin(request, closes: _isStopping);
            Routes.Answer(_exchange);
        }
        catch (HttpException error)
        {
            // Without a head nobody knows where the next request begins; and a body that is refused is not read.
            _exchange.Closes |= request is null || request.HasBody;
            _exchange.Refuse(error, request is { IsHead: true });
        }

        return !_exchange.Closes;
    }

    private void SetIdle(bool isIdle)
    {
        _isIdle = isIdle;
        Interlocked.MemoryBarrier(); // Either Stop sees that it is idle, or this sees that it is to stop.
        if (isIdle && _isStopping)
        {
            EndReading();
        }
    }

    /// <summary>Whoever waits for the next request finds the end of the stream.</summary>
    private void EndReading()
    {
        try
        {
            lock (_ending)
            {
                _socket.Shutdown(SocketShutdown.Receive);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // It has ended by itself.
        }
    }

    /// <summary>Reads and drops what the client is still sending: closing over it would be a reset, which can overtake
    /// the answer.</summary>
    private void Linger()
    {
        if (_reader.IsAtEnd)
        {
            return;
        }

        using CancellationTokenSource patience = new(LingerMs);
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            TransferOptions rest = new() { LimitBytes = LingerBytesMax };
            _ = Transfer.Copy(_socket, Stream.Null, rest, patience.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException
            or ObjectDisposedException)
        {
            return; // It has its answer, or does not want it.
        }
    }

    private void Reset()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // It is closed already.
        }
    }
}
