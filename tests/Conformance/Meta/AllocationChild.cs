// Calls transfers and relays again and again over the same sockets, itself allocating nothing, and prints what was allocated.
using System.Globalization;
using System.Net.Sockets;
using Zerocopy.Conformance.Harness;

#pragma warning disable CA2012 // Each value task is kept in an array, asked once whether it is over, and consumed once.
namespace Zerocopy.Conformance.Meta;

/// <remarks>Each call parks on its source, because it starts before its bytes come, and on its destination, because that
/// takes less than is sent and is read only later.</remarks>
internal sealed class AllocationChild : IChild
{
    private const int TransferBytes = 160 * 1024;
    private const int DestinationBytes = 24 * 1024;

    /// <summary>How long the thread that drives it rests, for the loops to park what they can.</summary>
    private const int RestMs = 1;

    private readonly byte[] _received = new byte[TransferBytes];
    private Rig[] _rigs = [];
    private long _spliced;

    private static ReadOnlySpan<byte> Sent => Pattern.Default.Slice(0, TransferBytes).Span;

    public int Run(string[] args)
    {
        (int pairs, int rounds, Action<int> round) = args[0] switch
        {
            "transfer" => (50, 200, Transfers(50)),
            "transfer, few at once" => (50, 200, Transfers(10)),
            // A relay that goes on until it is idle is the one that ends without an exception and leaves its sockets usable.
            "relay" => (200, 50, Relays()),
            _ => (100, 10, Starts()),
        };
        _rigs = [.. Enumerable.Range(0, pairs).Select(i => new Rig((Family)(i % 2), Family.Unix, bufferBytes: DestinationBytes))];
        for (int i = 0; i < 8; i++)
        {
            round(i);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        for (int i = 0; i < rounds; i++)
        {
            round(i);
        }

        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        Require(_spliced > 0); // Pipes were rented and given back too.
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes} {pairs * rounds}"));
        return 0;
    }

    private Action<int> Transfers(int atOnce)
    {
        TransferOptions options = new() { LimitBytes = TransferBytes };
        ValueTask<TransferResult>[] running = new ValueTask<TransferResult>[atOnce];
        return _ =>
        {
            for (int first = 0; first < _rigs.Length; first += atOnce)
            {
                for (int i = 0; i < atOnce; i++)
                {
                    Rig rig = _rigs[first + i];
                    running[i] = Transfer.CopyAsync(rig.Source, rig.Destination, options);
                }

                SendAndReceive(first, atOnce);
                for (int i = 0; i < atOnce; i++)
                {
                    Wait(running[i]);
                    TransferResult result = running[i].GetAwaiter().GetResult();
                    Require(result.BytesWritten == TransferBytes);
                    _spliced += result.BytesSpliced;
                }
            }
        };
    }

    private Action<int> Relays()
    {
        RelayOptions options = new() { IdleTimeout = TimeSpan.FromMilliseconds(80) };
        ValueTask<RelayResult>[] running = new ValueTask<RelayResult>[200];
        return _ =>
        {
            for (int i = 0; i < running.Length; i++)
            {
                running[i] = Relay.RunAsync(_rigs[i].Source, _rigs[i].Destination, options);
            }

            SendAndReceive(0, _rigs.Length);
            for (int i = 0; i < running.Length; i++)
            {
                Wait(running[i]);
                RelayResult result = running[i].GetAwaiter().GetResult();
                Require(result.EndedBy == RelayEnd.IdleTimeout && result.LeftToRight.BytesWritten == TransferBytes);
                _spliced += result.LeftToRight.BytesSpliced;
            }
        };
    }

    private Action<int> Starts()
    {
        Relay[] running = new Relay[100];
        return _ =>
        {
            for (int i = 0; i < running.Length; i++)
            {
                running[i] = Relay.Start(_rigs[i].Source, _rigs[i].Destination);
            }

            SendAndReceive(0, _rigs.Length);
            for (int i = 0; i < running.Length; i++)
            {
                Require(running[i].Progress.LeftToRight.BytesWritten == TransferBytes);
                ValueTask disposed = running[i].DisposeAsync();
                while (!disposed.IsCompleted)
                {
                    Thread.Yield();
                }

                disposed.GetAwaiter().GetResult();
                Require(running[i].Completion.Result.EndedBy == RelayEnd.Aborted);
                _spliced += running[i].Progress.LeftToRight.BytesSpliced;
            }
        };
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
