// What the peers see of a relay's end: a proper end only of a whole stream.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Relays;

public sealed class RelayCloseTests
{
    private static readonly RelayOptions s_owned = new() { CloseEndpoints = true };

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.Pairs), MemberType = typeof(Matrix))]
    public async Task Owned_endpoints_of_a_relay_that_ended_well_are_closed_behind_the_last_byte(
        Family left, Family right)
    {
        using Rig rig = new(left, right);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, s_owned).AsTask();
        Task<long> leftWriter = Peer.Write(rig.Writer, 2_000_003);
        Task<long> rightWriter = Peer.Write(rig.Reader, 1_000_003, pattern: Pattern.Other);
        RelayResult result = await Deadline.Within(Late(rig, relay, leftWriter, rightWriter), "the relay");
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        Assert.True(
            rig.Source.SafeHandle.IsClosed && rig.Destination.SafeHandle.IsClosed, "owned endpoints are closed");

        // The relay reads with its last bytes still on their way to slow readers.
        static async Task<RelayResult> Late(
            Rig rig, Task<RelayResult> relay, Task<long> leftWriter, Task<long> rightWriter)
        {
            Task<Received> rightReader = Peer.Read(rig.Reader, chunk: 20_000, pauseMs: 1);
            Task<Received> leftReader = Peer.Read(rig.Writer, chunk: 20_000, pauseMs: 1, pattern: Pattern.Other);
            RelayResult result = await relay;
            await Peer.AssertAll(2_000_003, leftWriter, rightReader);
            await Peer.AssertAll(1_000_003, rightWriter, leftReader);
            return result;
        }
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto)]
    [InlineData(TransferMode.RequireZeroCopy)]
    [InlineData(TransferMode.CopyOnly)]
    public async Task A_reset_of_one_peer_is_a_reset_for_the_other_when_the_relay_owns_its_endpoints(TransferMode mode)
    {
        foreach (bool leftResets in (bool[])[true, false])
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            Task<RelayResult> relay = Relay.RunAsync(
                rig.Source, rig.Destination, RelayPairs.Mode(mode) with { CloseEndpoints = true }).AsTask();
            (Socket resetting, Socket other) = leftResets ? (rig.Writer, rig.Reader) : (rig.Reader, rig.Writer);
            resetting.Send("cut"u8);
            await Peer.ReadExactly(other, 3);
            SocketPair.Reset(resetting);
            RelayResult result = await relay.Within("the relay", 500);
            Assert.Equal(
                (leftResets ? RelayEnd.LeftFailed : RelayEnd.RightFailed, (int)Errno.ECONNRESET),
                (result.EndedBy, result.Error));
            Assert.Equal(SocketError.ConnectionReset, await RelayPairs.ReadToError(other));
        }
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task An_abort_resets_both_peers_when_the_relay_owns_its_endpoints()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Relay relay = Relay.Start(rig.Source, rig.Destination, s_owned);
        rig.Writer.Send("x"u8);
        await Peer.ReadExactly(rig.Reader, 1);
        await relay.DisposeAsync().Within("the abort", 500);
        Assert.Equal(SocketError.ConnectionReset, await RelayPairs.ReadToError(rig.Writer));
        Assert.Equal(SocketError.ConnectionReset, await RelayPairs.ReadToError(rig.Reader));
        Assert.True(rig.Source.SafeHandle.IsClosed && rig.Destination.SafeHandle.IsClosed);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp)]
    [InlineData(Family.Unix)]
    public async Task A_peer_that_was_told_the_end_gets_all_its_bytes_whatever_happens_then(Family right)
    {
        using Rig rig = new(Family.Tcp, right);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, s_owned).AsTask();
        // Fits into the kernel's buffers, so that the end is told while the reader has read nothing.
        const int Bytes = 100_003;
        Assert.Equal(Bytes, await Peer.Write(rig.Writer, Bytes).Within("the writer"));
        await Deadline.Until("all is on its way", () => rig.Reader.Available > 0);
        await Task.Delay(100);
        SocketPair.Reset(rig.Writer); // Whose end has been passed on.
        RelayResult result = await relay.Within("the relay", 1000);
        Assert.Equal(RelayEnd.LeftFailed, result.EndedBy);
        Assert.Equal(TransferEnd.EndOfStream, result.LeftToRight.EndedBy);
        Assert.Equal(new Received(Bytes, SocketError.Success), await Peer.Read(rig.Reader).Within("the reader"));
    }

    /// <summary>A close with unread bytes is a reset, which destroys what is still on its way the other way.</summary>
    [Fact(Timeout = Deadline.Ms)]
    public async Task Bytes_that_nobody_read_do_not_turn_the_close_into_a_reset()
    {
        const int Bytes = 300_007;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Destination.SendBufferSize = 1_000_000;
        rig.Reader.ReceiveBufferSize = 8192;
        rig.Reader.Send(Pattern.Other.Slice(0, 20).Span);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, s_owned with
        {
            RightToLeft = new FlowOptions { LimitBytes = 10 },
        }).AsTask();
        Assert.Equal(Bytes, await Peer.Write(rig.Writer, Bytes).Within("the writer"));
        RelayResult result = await relay.Within("the relay, whose reader has read nothing yet");
        Assert.Equal((RelayEnd.EndOfStream, Bytes), (result.EndedBy, result.LeftToRight.BytesWritten));
        Received received = await Peer.Read(rig.Reader).Within("the reader");
        Assert.Equal(Bytes, received.Count);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Family.Tcp, TransferMode.Auto)]
    [InlineData(Family.Tcp, TransferMode.RequireZeroCopy)]
    [InlineData(Family.Tcp, TransferMode.CopyOnly)]
    [InlineData(Family.Unix, TransferMode.Auto)]
    [InlineData(Family.Unix, TransferMode.RequireZeroCopy)]
    [InlineData(Family.Unix, TransferMode.CopyOnly)]
    public async Task Endpoints_that_are_not_owned_stay_open_and_an_error_sends_no_end(Family right, TransferMode mode)
    {
        // Only TCP can reset: the close of a unix peer is an end of stream.
        using Rig rig = new(Family.Tcp, right);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, RelayPairs.Mode(mode)).AsTask();
        rig.Writer.Send("ten bytes!"u8);
        await Peer.ReadExactly(rig.Reader, 10);
        SocketPair.Reset(rig.Writer);
        RelayResult result = await relay.Within("the relay", 500);
        Assert.Equal((RelayEnd.LeftFailed, (int)Errno.ECONNRESET), (result.EndedBy, result.Error));
        Assert.Equal((TransferEnd.SourceFailed, 10), (result.LeftToRight.EndedBy, result.LeftToRight.BytesWritten));
        Assert.False(rig.Source.SafeHandle.IsClosed || rig.Destination.SafeHandle.IsClosed);
        await RelayPairs.AssertQuietAndAlive(rig.Destination, rig.Reader);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_reset_while_the_other_side_is_full_ends_the_relay()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp, bufferBytes: 8192);
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination).AsTask();
        Task<long> writer = Peer.Write(rig.Writer, 50_000_000);
        await Deadline.Until("it flows", () => rig.Reader.Available > 0);
        await Task.Delay(200);
        SocketPair.Reset(rig.Reader);
        RelayResult result = await relay.Within("the relay", 500);
        Assert.Equal(RelayEnd.RightFailed, result.EndedBy);
        Assert.True(result.LeftToRight.BytesConsumed > result.LeftToRight.BytesWritten, "something was in transit");
        rig.Dispose();
        await writer.Within("the writer");
    }
}
