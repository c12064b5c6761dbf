using System.Net.Sockets;
using BenchmarkDotNet.Attributes;

namespace Zerocopy.Bench.Micro;

/// <summary>What does a small transfer cost from start to end, over sockets that are warm? A message is sent, moved
/// from one socket to another, and received.</summary>
public class TransferCost
{
    private Wire _plain = null!;
    private Wire _sync = null!;
    private Wire _async = null!;
    private TransferOptions _options = new();
    private byte[] _message = [];
    private byte[] _received = [];

    [Params(1024, 64 * 1024)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        (_plain, _sync, _async) = (new Wire(), new Wire(), new Wire());
        _options = new TransferOptions { LimitBytes = Bytes };
        _message = new byte[Bytes];
        _received = new byte[Bytes];
    }

    [GlobalCleanup]
    public void Close()
    {
        _plain.Dispose();
        _sync.Dispose();
        _async.Dispose();
    }

    [Benchmark(Baseline = true), AllocationFree]
    public int ReceiveAndSend()
    {
        Ends.Send(_plain.Writer, _message);
        int moved = Ends.Receive(_plain.Source, _received);
        Ends.Send(_plain.Destination, _received);
        return Arrived(_plain, moved);
    }

    [Benchmark, AllocationFree]
    public int Copy()
    {
        Ends.Send(_sync.Writer, _message);
        TransferResult result = Transfer.Copy(_sync.Source, _sync.Destination, _options);
        return Arrived(_sync, result.BytesWritten);
    }

    [Benchmark, AllocationFree]
    public int CopyAsync()
    {
        Ends.Send(_async.Writer, _message);
        TransferResult result = Ends.Wait(Transfer.CopyAsync(_async.Source, _async.Destination, _options));
        return Arrived(_async, result.BytesWritten);
    }

    private int Arrived(Wire wire, long moved)
    {
        Ends.Require(moved == Bytes);
        return Ends.Receive(wire.Reader, _received);
    }

    /// <summary>What is written goes to the source, what arrives at the destination is read.</summary>
    private sealed class Wire : IDisposable
    {
        internal Wire()
        {
            (Source, Writer) = Ends.Sockets();
            (Destination, Reader) = Ends.Sockets();
        }

        internal Socket Writer { get; }

        internal Socket Source { get; }

        internal Socket Destination { get; }

        internal Socket Reader { get; }

        public void Dispose()
        {
            Writer.Dispose();
            Source.Dispose();
            Destination.Dispose();
            Reader.Dispose();
        }
    }
}
