// Calls transfers and relays again and again over the same sockets, allocates nothing itself, and prints what was.
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Sockets;
using Zerocopy.Conformance.Harness;

#pragma warning disable CA2012 // Each value task is kept in an array, asked whether it is over, and consumed once.
namespace Zerocopy.Conformance.Meta;

/// <remarks>Each call parks on its source, because it starts before its bytes come, and on its destination, because
/// that takes less than is sent and is read only later.</remarks>
internal sealed class AllocationChild : IChild
{
    /// <summary>The second argument: with a listener to the meter, which collects between the parts.</summary>
    internal const string Listening = "listening";

    /// <summary>The calls are measured in so many parts, and the quietest counts for all: what a call allocates is in
    /// each of them; the queues of the runtime's thread pool grow once in a while, to a new high-water
    /// mark.</summary>
    private const int Parts = 5;

    private const int TransferBytes = 160 * 1024;
    private const int DestinationBytes = 24 * 1024;

    /// <summary>How long the thread that drives it rests, for the loops to park what they can.</summary>
    private const int RestMs = 1;

    private readonly byte[] _received = new byte[TransferBytes];
    private readonly TransferOptions _transfer = new() { LimitBytes = TransferBytes };

    /// <summary>A relay that goes on until it is idle is the one that ends without an exception and leaves its
    /// sockets as they were. Long enough for a group to have had its bytes by then.</summary>
    private readonly RelayOptions _relay = new() { IdleTimeout = TimeSpan.FromMilliseconds(400) };

    private Rig[] _rigs = [];
    private ValueTask<TransferResult>[] _transfers = [];
    private ValueTask<RelayResult>[] _relays = [];
    private Relay[] _started = [];
    private long _spliced;
    private long _written; // From the first byte on: the meter counts the warm-up too.
    private long _heard;

    private static ReadOnlySpan<byte> Sent => Pattern.Default.Slice(0, TransferBytes).Span;

    public int Run(string[] args)
    {
        (int pairs, int atOnce, int rounds) = args[0] switch
        {
            "transfer" => (50, 50, 200),
            "transfer, few at once" => (50, 10, 200),
            "relay" => (250, 50, 40),
            _ => (100, 50, 10),
        };
        Action<int, int> round = args[0] switch { "relay" => Relays, "start" => Starts, _ => Transfers };

        using MeterListener? listener = args is [_, Listening] ? Listen() : null;

        // The warm-up stalls more at once than what is measured, so that it sets every high-water mark. Relays not too
        // many: all of them must have their bytes before the first one is idle.
        int crowd = args[0] == "relay" ? pairs / 2 : Math.Max(pairs, 100);
        _rigs = [.. Enumerable.Range(0, Math.Max(pairs, 100)).Select(MakeRig)];
        _transfers = new ValueTask<TransferResult>[_rigs.Length];
        _relays = new ValueTask<RelayResult>[_rigs.Length];
        _started = new Relay[_rigs.Length];
        for (int i = 0; i < 6; i++)
        {
            round(_rigs.Length, crowd);
        }

        _spliced = 0;
        long least = long.MaxValue;
        for (int part = 0; part < Parts; part++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < rounds / Parts; i++)
            {
                round(pairs, atOnce);
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            _heard = 0;
            listener?.RecordObservableInstruments();
            Require(listener is null || _heard == _written);
        }

        Require(_spliced > 0); // Pipes were rented and given back too.
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{least * Parts} {pairs * rounds}"));
        return 0;
    }

    private MeterListener Listen()
    {
        MeterListener listener = new();
        listener.InstrumentPublished = (instrument, asker) =>
        {
            if (instrument.Name == "zerocopy.transfer.bytes")
            {
                asker.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, bytes, _, _) => _heard += bytes);
        listener.Start();
        return listener;
    }

    private static Rig MakeRig(int number)
    {
        Rig rig = new((Family)(number % 2), Family.Unix, bufferBytes: DestinationBytes);
        rig.Reader.ReceiveTimeout = 5000;
        return rig;
    }

    private void Transfers(int pairs, int atOnce)
    {
        for (int first = 0; first < pairs; first += atOnce)
        {
            for (int i = first; i < first + atOnce; i++)
            {
                _transfers[i] = Transfer.CopyAsync(_rigs[i].Source, _rigs[i].Destination, _transfer);
            }

            SendAndReceive(first, atOnce);
            for (int i = first; i < first + atOnce; i++)
            {
                Wait(_transfers[i]);
                TransferResult result = _transfers[i].GetAwaiter().GetResult();
                Require(result.BytesWritten == TransferBytes);
                _spliced += result.BytesSpliced;
                _written += result.BytesWritten;
            }
        }
    }

    private void Relays(int pairs, int atOnce)
    {
        // Each group has its bytes long before its relays are idle, however slow the machine.
        for (int first = 0; first < pairs; first += atOnce)
        {
            for (int i = first; i < first + atOnce; i++)
            {
                _relays[i] = Relay.RunAsync(_rigs[i].Source, _rigs[i].Destination, _relay);
            }

            SendAndReceive(first, atOnce);
        }

        for (int i = 0; i < pairs; i++)
        {
            Wait(_relays[i]);
            RelayResult result = _relays[i].GetAwaiter().GetResult();
            Require(result.EndedBy == RelayEnd.IdleTimeout && result.LeftToRight.BytesWritten == TransferBytes);
            _spliced += result.LeftToRight.BytesSpliced;
            _written += result.LeftToRight.BytesWritten;
        }
    }

    private void Starts(int pairs, int atOnce)
    {
        for (int i = 0; i < pairs; i++)
        {
            _started[i] = Relay.Start(_rigs[i].Source, _rigs[i].Destination);
        }

        for (int first = 0; first < pairs; first += atOnce)
        {
            SendAndReceive(first, atOnce);
        }

        for (int i = 0; i < pairs; i++)
        {
            ValueTask disposed = _started[i].DisposeAsync();
            while (!disposed.IsCompleted)
            {
                Thread.Yield();
            }

            disposed.GetAwaiter().GetResult();
            RelayResult result = _started[i].Completion.Result;
            Require(result.EndedBy == RelayEnd.Aborted && result.LeftToRight.BytesWritten == TransferBytes);
            _spliced += result.LeftToRight.BytesSpliced;
        }
    }

    private void SendAndReceive(int first, int count)
    {
        Thread.Sleep(RestMs);
        foreach (Rig rig in _rigs.AsSpan(first, count))
        {
            ReadOnlySpan<byte> sent = Sent;
            while (sent.Length > 0)
            {
                sent = sent[rig.Writer.Send(sent)..];
            }
        }

        Thread.Sleep(RestMs);
        foreach (Rig rig in _rigs.AsSpan(first, count))
        {
            for (int done = 0; done < TransferBytes;)
            {
                done += rig.Reader.Receive(_received.AsSpan(done), SocketFlags.None);
            }

            Require(_received.AsSpan().SequenceEqual(Sent));
        }
    }

    private static void Wait<T>(in ValueTask<T> task)
    {
        while (!task.IsCompleted)
        {
            Thread.Yield();
        }
    }

    private static void Require(bool isSo)
    {
        if (!isSo)
        {
            throw new InvalidOperationException("Not what was expected.");
        }
    }
}
