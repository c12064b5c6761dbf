using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Zerocopy.Bench.Load.Children;

/// <summary>Requests and answers on many connections, from one thread; one request at a time on each.</summary>
internal sealed class PingClient : IDisposable
{
    private readonly ReadySet _ready = new();
    private readonly Socket[] _sockets;
    private readonly long[] _started;
    private readonly int[] _received;
    private readonly byte[] _request;
    private readonly byte[][] _answers;
    private readonly Latencies _latencies = new();

    /// <summary>Connects, and makes one round trip each, so that the relay has dialled them all.</summary>
    internal PingClient(EndPoint door, int bytes, int connections, Pattern pattern)
    {
        _sockets = new Socket[connections];
        _started = new long[connections];
        _received = new int[connections];
        _request = pattern.Slice(0, bytes).ToArray();
        _answers = [.. Enumerable.Range(0, connections).Select(_ => new byte[bytes])];
        for (int i = 0; i < connections; i++)
        {
            _sockets[i] = Address.Connect(door);
            _ready.Add(_sockets[i], i);
            EchoServer.SendAll(_sockets[i], _request);
            while (!Receive(i))
            {
                continue;
            }
        }
    }

    internal string Run(double seconds)
    {
        long begin = Stopwatch.GetTimestamp();
        long end = begin + (long)(seconds * Stopwatch.Frequency);
        for (int i = 0; i < _sockets.Length; i++)
        {
            Request(i);
        }

        int waiting = _sockets.Length;
        while (waiting > 0)
        {
            int count = _ready.Wait(Address.Patience);
            if (count == 0)
            {
                throw new TimeoutException($"{waiting} answers did not come");
            }

            for (int i = 0; i < count; i++)
            {
                int index = _ready.IndexOf(i);
                if (!Receive(index))
                {
                    continue;
                }

                long now = Stopwatch.GetTimestamp();
                _latencies.Add(now - _started[index]);
                if (now < end)
                {
                    Request(index);
                }
                else
                {
                    waiting--;
                }
            }
        }

        double elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return $"pinged {_latencies.Summary(elapsed)}";
    }

    public void Dispose()
    {
        _ready.Dispose();
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private void Request(int index)
    {
        _started[index] = Stopwatch.GetTimestamp();
        EchoServer.SendAll(_sockets[index], _request);
    }

    /// <summary>Reads once; true when the answer is whole.</summary>
    private bool Receive(int index)
    {
        int bytes = _sockets[index].Receive(_answers[index].AsSpan(_received[index]));
        if (bytes == 0)
        {
            throw new EndOfStreamException("connection lost");
        }

        _received[index] += bytes;
        if (_received[index] < _request.Length)
        {
            return false;
        }

        _received[index] = 0;
        return _answers[index].AsSpan().SequenceEqual(_request)
            ? true
            : throw new InvalidDataException("the answer is not the request");
    }
}
