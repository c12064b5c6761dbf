using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Samples.Proxy;

/// <summary>The proxy: accepts, dials, relays.</summary>
internal sealed class ProxyServer(Socket listener, EndPoint target, RelayOptions options, TextWriter log) : IDisposable
{
    private const int FinishMs = 5000;
    private const int AbortMs = 2000;
    private const int BackOffMs = 50;
    private const int ReportMs = 1000;

    private readonly int _liveMax = DescriptorLimit.RelaysMax();
    private readonly Totals _totals = new();
    private readonly CountdownEvent _live = new(1);
    private readonly CancellationTokenSource _abort = new();
    private volatile bool _isStopping;
    private long _reportDueMs;

    /// <summary>Accepts until <see cref="Stop"/>, then gives live relays five seconds.</summary>
    /// <returns>What was relayed.</returns>
    internal Totals Run()
    {
        while (!_isStopping)
        {
            try
            {
                if (_live.CurrentCount <= _liveMax)
                {
                    Socket client = listener.Accept();
                    _live.AddCount();
                    _ = ServeAsync(client);
                    continue;
                }

                Report($"{_liveMax} relays at once are all that the limit of open files allows");
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_isStopping)
                {
                    break;
                }

                Report($"cannot accept: {e.Message}");
            }

            Thread.Sleep(BackOffMs); // Who wants in waits in the listener's queue.
        }

        _ = _live.Signal();
        if (!_live.Wait(FinishMs))
        {
            _abort.Cancel();
            _ = _live.Wait(AbortMs);
        }

        return _totals;
    }

    /// <summary>Stops accepting. Any thread.</summary>
    internal void Stop()
    {
        _isStopping = true;
        listener.Dispose();
    }

    public void Dispose()
    {
        _live.Dispose();
        _abort.Dispose();
    }

    private async Task ServeAsync(Socket client)
    {
        Socket? upstream = null;
        try
        {
            upstream = await Dialer.ConnectAsync(target, _abort.Token).ConfigureAwait(false);
            _totals.Add(await Relay.RunAsync(client, upstream, options, _abort.Token).ConfigureAwait(false));
        }
        catch (TransferCanceledException e)
        {
            _totals.Add(e.Relay!.Value);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or ArgumentException
            or ObjectDisposedException)
        {
            _totals.AddNotConnected(); // This connection alone ends.
            Report($"connection dropped: {e.Message}");
        }
        finally
        {
            client.Dispose(); // The relay has closed both, if there was one.
            upstream?.Dispose();
            _ = _live.Signal();
        }
    }

    /// <summary>At most one line a second: a target that is down must not flood the log.</summary>
    private void Report(string what)
    {
        long nowMs = Environment.TickCount64;
        long dueMs = Volatile.Read(ref _reportDueMs);
        if (nowMs >= dueMs && Interlocked.CompareExchange(ref _reportDueMs, nowMs + ReportMs, dueMs) == dueMs)
        {
            log.WriteLine(what);
        }
    }
}
