// Streams as ends of a relay: copied, whole, and bypassed never.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Relays;

public sealed class RelayStreamTests
{
    private const int Bytes = 2_000_003;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    public async Task A_stream_in_memory_and_a_socket(Family family)
    {
        (DuplexStream near, DuplexStream far) = DuplexStream.Pair();
        using SocketPair pair = SocketPair.Connect(family);
        Task<RelayResult> relay = Relay.RunAsync(
            near, pair.Near, new RelayOptions { CloseEndpoints = true }).AsTask();
        Task<Received> right = Peer.Read(pair.Far);
        Task<byte[]> left = ReadToEnd(far, Bytes);
        await WriteAll(far, Pattern.Default);
        far.Finish();
        Assert.Equal(new Received(Bytes, SocketError.Success), await right.Within("the right peer"));
        await Peer.Write(pair.Far, Bytes, pattern: Pattern.Other).Within("the right writer");
        Pattern.Other.AssertEqual(await left.Within("the left peer"));
        RelayResult result = await relay.Within("the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        ResultAssert.Moved(result.LeftToRight, Bytes, TransferMode.CopyOnly);
        ResultAssert.Moved(result.RightToLeft, Bytes, TransferMode.CopyOnly);
        Assert.True(near.IsDisposed && pair.Near.SafeHandle.IsClosed, "owned endpoints are closed");
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Two_streams_in_memory()
    {
        (DuplexStream leftNear, DuplexStream left) = DuplexStream.Pair();
        (DuplexStream rightNear, DuplexStream right) = DuplexStream.Pair();
        await using Relay relay = Relay.Start(leftNear, rightNear);
        Task<byte[]> atRight = ReadToEnd(right, Bytes);
        Task<byte[]> atLeft = ReadToEnd(left, Bytes);
        await Task.WhenAll(WriteAll(left, Pattern.Default), WriteAll(right, Pattern.Other)).Within("the writers");
        Pattern.Default.AssertEqual(await atRight.Within("right"));
        Pattern.Other.AssertEqual(await atLeft.Within("left"));
        Assert.False(relay.Completion.IsCompleted);
        left.Finish();
        right.Finish();
        RelayResult result = await relay.Completion.Within("the relay");
        Assert.Equal((RelayEnd.EndOfStream, 0), (result.EndedBy, result.Error));
        Assert.Equal((Bytes, Bytes), (result.LeftToRight.BytesBuffered, result.RightToLeft.BytesBuffered));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    public async Task TLS_on_one_side_and_its_end_is_carried_both_ways(Family family)
    {
        using TlsPair tls = await TlsPair.Connect();
        using SocketPair plain = SocketPair.Connect(family);
        Task<RelayResult> relay = Relay.RunAsync(plain.Near, tls.Near).AsTask();
        Task<byte[]> decrypted = ReadToEnd(tls.Far, int.MaxValue);
        await Peer.Write(plain.Far, Bytes).Within("the plain writer");
        byte[] atTls = await decrypted.Within("the end, which TLS says by close_notify");
        Assert.Equal(Bytes, atTls.Length);
        Pattern.Default.AssertEqual(atTls);

        Task<Received> atPlain = Peer.Read(plain.Far, pattern: Pattern.Other);
        await WriteAll(tls.Far, Pattern.Other);
        await tls.Far.ShutdownAsync().Within("close_notify");
        Assert.Equal(new Received(Bytes, SocketError.Success), await atPlain.Within("the plain peer"));
        RelayResult result = await relay.Within("the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        ResultAssert.Moved(result.LeftToRight, Bytes, TransferMode.CopyOnly);
        ResultAssert.Moved(result.RightToLeft, Bytes, TransferMode.CopyOnly);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("B-14", "X-12")]
    public async Task A_derived_network_stream_is_never_seen_through()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using InvertingStream inverting = new(rig.Source);
        await using Relay relay = Relay.Start(inverting, rig.Destination);
        byte[] sent = Pattern.Default.Bytes(0, 300_000);
        Task<byte[]> right = Peer.ReadExactly(rig.Reader, sent.Length);
        rig.Writer.Send(sent);
        Assert.Equal(InvertingStream.Invert(sent), await right.Within("right"));
        Task<byte[]> left = Peer.ReadExactly(rig.Writer, sent.Length);
        rig.Reader.Send(sent);
        Assert.Equal(InvertingStream.Invert(sent), await left.Within("left"));
        Assert.Equal((TransferMechanism.ReadWrite, 0),
            (relay.Progress.LeftToRight.Mechanism, relay.Progress.LeftToRight.BytesSpliced));
    }

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task Zero_copy_of_a_stream_is_refused_before_a_byte_has_moved()
    {
        (DuplexStream near, DuplexStream far) = DuplexStream.Pair();
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        pair.Far.Send("stays"u8);
        foreach (RelayOptions options in (RelayOptions[])[
            new() { LeftToRight = new FlowOptions { Mode = TransferMode.RequireZeroCopy } },
            new() { RightToLeft = new FlowOptions { Mode = TransferMode.RequireZeroCopy } }])
        {
            NotSupportedException e = Assert.Throws<NotSupportedException>(() => Relay.Start(near, pair.Near, options));
            Assert.Contains(nameof(DuplexStream), e.Message, StringComparison.Ordinal);
        }

        Assert.Equal("stays"u8.ToArray(), await Peer.ReadExactly(pair.Near, 5));
        GC.KeepAlive(far);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task An_abort_does_not_wait_for_a_stream_that_heeds_its_token()
    {
        (DuplexStream near, DuplexStream far) = DuplexStream.Pair();
        using SocketPair pair = SocketPair.Connect(Family.Tcp);
        Relay relay = Relay.Start(near, pair.Near);
        await far.WriteAsync("ping"u8.ToArray());
        await Peer.ReadExactly(pair.Far, 4).Within("the ping");
        await relay.DisposeAsync().Within("the abort", 500);
        RelayResult result = await relay.Completion;
        Assert.Equal((RelayEnd.Aborted, 4), (result.EndedBy, result.LeftToRight.BytesWritten));
        await far.WriteAsync("rest"u8.ToArray());
        byte[] rest = new byte[4];
        await near.ReadExactlyAsync(rest).AsTask().Within("what came after the abort");
        Assert.Equal("rest"u8.ToArray(), rest);
    }

    private static async Task WriteAll(Stream stream, Pattern pattern)
    {
        for (int done = 0; done < Bytes;)
        {
            int length = Math.Min(50_000, Bytes - done);
            await stream.WriteAsync(pattern.Slice(done, length));
            done += length;
        }

        await stream.FlushAsync();
    }

    private static async Task<byte[]> ReadToEnd(Stream stream, int max)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[30_000];
        int count;
        while (all.Length < max && (count = await stream.ReadAsync(buffer)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    /// <summary>Changes every byte: whoever reaches for its socket instead gets the wrong ones.</summary>
    private sealed class InvertingStream(Socket socket) : NetworkStream(socket, ownsSocket: false)
    {
        public static byte[] Invert(ReadOnlySpan<byte> bytes)
        {
            byte[] inverted = new byte[bytes.Length];
            for (int i = 0; i < inverted.Length; i++)
            {
                inverted[i] = (byte)~bytes[i];
            }

            return inverted;
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = await base.ReadAsync(buffer, cancellationToken);
            Invert(buffer.Span[..count]).CopyTo(buffer);
            return count;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
            => base.WriteAsync(Invert(buffer.Span), cancellationToken);
    }
}
