using System.Net.Sockets;
using BenchmarkDotNet.Attributes;

namespace Zerocopy.Bench.Micro;

/// <summary>What does a relay cost: one message there and back through it, and a whole one with its connections, from
/// the first byte to the end of both streams?</summary>
public class RelayCost
{
    private const string Trip = "round trip";
    private const string Whole = "start to end";
    private const int MessageBytes = 1024;
    private const int BufferBytes = 4096;

    private readonly byte[] _message = new byte[MessageBytes];
    private readonly byte[] _received = new byte[MessageBytes];
    private readonly RelayOptions _owning = new() { CloseEndpoints = true };
    private Line _relayed = null!;
    private Line _copied = null!;
    private Task<RelayResult> _relay = null!;
    private Task _copy = null!;

    [GlobalSetup]
    public void Open()
    {
        (_relayed, _copied) = (new Line(), new Line());
        _relay = Relay.RunAsync(_relayed.Left, _relayed.Right, _owning).AsTask();
        _copy = CopyBothWaysAsync(_copied);
    }

    [GlobalCleanup]
    public void Close()
    {
        _relayed.SayEnd();
        Ends.Require(_relay.GetAwaiter().GetResult().EndedBy == RelayEnd.EndOfStream);
        _relayed.Dispose();
        _copied.SayEnd();
        _copy.GetAwaiter().GetResult();
        _copied.Dispose();
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Trip)]
    public int NetworkStreamRoundTrip() => RoundTrip(_copied);

    [Benchmark, BenchmarkCategory(Trip), AllocationFree]
    public int RelayRoundTrip() => RoundTrip(_relayed);

    /// <summary>Their four sockets alone: what both of the others include.</summary>
    [Benchmark, BenchmarkCategory(Whole)]
    public void SocketsAlone()
    {
        using Line line = new();
        line.SayEnd();
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Whole)]
    public int NetworkStreamStartToEnd()
    {
        using Line line = new();
        Task copy = CopyBothWaysAsync(line);
        int received = RoundTrip(line);
        line.SayEnd();
        copy.GetAwaiter().GetResult();
        return received;
    }

    [Benchmark, BenchmarkCategory(Whole)]
    public int RelayStartToEnd()
    {
        using Line line = new();
        ValueTask<RelayResult> relay = Relay.RunAsync(line.Left, line.Right, _owning);
        int received = RoundTrip(line);
        line.SayEnd();
        RelayResult result = Ends.Wait(relay);
        Ends.Require(result.EndedBy == RelayEnd.EndOfStream && result.RightToLeft.BytesWritten == received);
        return received;
    }

    private int RoundTrip(Line line)
    {
        Ends.Send(line.Client, _message);
        Ends.Receive(line.Target, _received);
        Ends.Send(line.Target, _received);
        return Ends.Receive(line.Client, _received);
    }

    private static async Task CopyBothWaysAsync(Line line)
    {
        await using NetworkStream left = new(line.Left, ownsSocket: true), right = new(line.Right, ownsSocket: true);
        await Task.WhenAll(CopyAsync(left, right), CopyAsync(right, left));
    }

    private static async Task CopyAsync(NetworkStream source, NetworkStream destination)
    {
        await source.CopyToAsync(destination, BufferBytes);
        destination.Socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>A client and a target, and the two ends that a relay is to connect.</summary>
    private sealed class Line : IDisposable
    {
        internal Line()
        {
            (Left, Client) = Ends.Sockets();
            (Right, Target) = Ends.Sockets();
        }

        internal Socket Client { get; }

        internal Socket Left { get; }

        internal Socket Right { get; }

        internal Socket Target { get; }

        internal void SayEnd()
        {
            Client.Shutdown(SocketShutdown.Send);
            Target.Shutdown(SocketShutdown.Send);
        }

        public void Dispose()
        {
            Client.Dispose();
            Left.Dispose();
            Right.Dispose();
            Target.Dispose();
        }
    }
}
