// Takes bytes out of a teed pipe by whatever way leads out of it.
using Zerocopy.Properties.Identity;
using Zerocopy.Properties.Simulation;

namespace Zerocopy.Properties.Tees;

/// <summary>One consumer; it compares what it gets.</summary>
internal sealed class PipeDrain(Pipe pipe, TeeCase c, TimeSpan timeout)
{
    private readonly SimRandom _random = new(c.Seed);
    private readonly byte[] _buffer = new byte[c.DrainMax];

    internal long Drained { get; private set; }

    internal long Spliced { get; private set; }

    /// <summary>Drains a little.</summary>
    /// <returns>False at the end of the stream.</returns>
    internal bool Go()
    {
        int most = _random.Between(1, c.DrainMax);
        return _random.Below(3) switch
        {
            0 => Transfer(most),
            1 => Read(pipe.ReadAsync(_buffer.AsMemory(0, most)).AsTask().WaitAsync(timeout).GetAwaiter().GetResult()),
            _ => Read(pipe.Read(_buffer.AsSpan(0, most))),
        };
    }

    private bool Read(int count)
    {
        PipePeers.Compare(_buffer.AsSpan(0, count), 1, Drained);
        Drained += count;
        return count > 0;
    }

    /// <summary>A transfer with a limit, into a pipe or a socket of its own.</summary>
    private bool Transfer(int limit)
    {
        TransferOptions options = new()
        {
            LimitBytes = limit,
            Mode = (TransferMode)_random.Below(3),
            KeepUndelivered = true,
        };
        PeerScript reader = new(1, Drained, 0, 65536, 0, _random.Next());
        Outcome outcome;
        long received;
        if (_random.Chance(50))
        {
            using Pipe sink = Pipe.Create(4096 * _random.Between(1, 16));
            Task<long> got = reader.Receive(sink);
            outcome = Run(sink, options);
            sink.CloseWrite();
            received = got.WaitAsync(timeout).GetAwaiter().GetResult();
        }
        else
        {
            using Connection sink = Connection.Open(isUnix: _random.Chance(70));
            Task<long> got = reader.Receive(sink.Peer);
            outcome = Run(sink.Ours, options);
            sink.Ours.Dispose();
            received = got.WaitAsync(timeout).GetAwaiter().GetResult();
        }

        TransferResult result = outcome.Result;
        Drained += received;
        Spliced += result.BytesSpliced;
        LawBrokenException.Require(
            received == result.BytesWritten && result.BytesConsumed == received + outcome.Undelivered.Length,
            $"{received} bytes came of {outcome}");
        PipePeers.Compare(outcome.Undelivered.Span, 1, Drained);
        Drained += outcome.Undelivered.Length; // Taken from the pipe, by which it counts as drained.
        return outcome.Failure is { } failure ? throw failure : result.EndedBy != TransferEnd.EndOfStream;
    }

    private Outcome Run(TransferEndpoint sink, TransferOptions options)
    {
        bool isAsync = _random.Chance(50);
        return Outcome.Of(
            () => isAsync
                ? Zerocopy.Transfer.CopyAsync(pipe, sink, options).AsTask()
                : Task.Run(() => Zerocopy.Transfer.Copy(pipe, sink, options)),
            timeout);
    }
}
