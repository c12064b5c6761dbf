// A relay's bytes show while it runs, and to a listener that comes late.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Relays;

namespace Zerocopy.Conformance.Metrics;

public sealed class RelayBytesTests
{
    private const int Message = 1000;
    private const int Stream = 5_000_011;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.PairsModes), MemberType = typeof(Matrix))]
    public async Task Both_directions_while_it_runs(Family left, Family right, TransferMode mode)
    {
        using MeterProbe probe = new();
        using Rig rig = new(left, right);
        FlowOptions flow = new() { Mode = mode };
        await using Relay relay = Relay.Start(
            rig.Source, rig.Destination, new RelayOptions { LeftToRight = flow, RightToLeft = flow });
        Assert.Equal((1, 0), (probe.ActiveRelays, probe.ActiveTransfers));

        rig.Writer.Send(Pattern.Default.Slice(0, Message).Span);
        _ = await Peer.ReadExactly(rig.Reader, Message).Within("the question");
        await Deadline.Until("the question is counted", () => probe.Written == Message, 1000);
        rig.Reader.Send(Pattern.Other.Slice(0, Message).Span);
        _ = await Peer.ReadExactly(rig.Writer, Message).Within("the answer");
        await Deadline.Until("the answer is counted", () => probe.Written == 2 * Message, 1000);
        Assert.Equal(mode == TransferMode.RequireZeroCopy ? 0 : 2 * Message, probe.Buffered);

        Task<Received> reader = Peer.Read(rig.Reader, start: Message);
        Task<long> writer = Peer.Write(rig.Writer, Stream, start: Message);
        await Deadline.Until("the stream is counted", () => probe.Written == (2 * Message) + Stream);
        rig.Reader.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Completion.Within("the relay");

        probe.AssertMoved(result.LeftToRight, result.RightToLeft);
        probe.AssertIdle();
        Assert.Equal(Stream, await writer.Within("the writer"));
        Assert.Equal(new Received(Stream, SocketError.Success), await reader.Within("the reader"));
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_relay_of_streams()
    {
        using MeterProbe probe = new();
        (DuplexStream left, DuplexStream leftPeer) = DuplexStream.Pair();
        using SocketPair right = SocketPair.Tcp();
        Task<RelayResult> relay = Relay.RunAsync(left, right.Near).AsTask();
        Assert.Equal(1, probe.ActiveRelays);

        await leftPeer.WriteAsync(Pattern.Default.Slice(0, Message));
        Pattern.Default.AssertEqual(await Peer.ReadExactly(right.Far, Message).Within("the question"));
        await Deadline.Until("the question is counted", () => probe.Buffered == Message, 1000);
        leftPeer.Finish();
        right.Far.Shutdown(SocketShutdown.Send);
        RelayResult result = await relay.Within("the relay");

        probe.AssertMoved(result.LeftToRight, result.RightToLeft);
        probe.AssertIdle();
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_listener_that_comes_late_sees_everything()
    {
        using MeterProbe early = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        await using Relay relay = Relay.Start(rig.Source, rig.Destination);
        rig.Writer.Send(Pattern.Default.Slice(0, Message).Span);
        _ = await Peer.ReadExactly(rig.Reader, Message).Within("the message");
        await Deadline.Until("the message is counted", () => early.Buffered == Message, 1000);

        Dictionary<string, long> late = AskAll();

        Assert.Equal(1, late["zerocopy.relay.active"]);
        Assert.Equal(early.Measure("zerocopy.transfer.bytes").Sum(one => one.Value), late["zerocopy.transfer.bytes"]);
        Assert.True(late["zerocopy.transfer.bytes"] >= Message);
        rig.Writer.Send(Pattern.Default.Slice(Message, Message).Span);
        await Deadline.Until(
            "the next message is counted",
            () => AskAll()["zerocopy.transfer.bytes"] == late["zerocopy.transfer.bytes"] + Message,
            1000);
        await relay.DisposeAsync();
        Assert.Equal(0, AskAll()["zerocopy.relay.active"]);
    }

    /// <summary>A listener of its own, for a moment: every instrument, summed over its tags.</summary>
    private static Dictionary<string, long> AskAll()
    {
        Dictionary<string, long> sums = [];
        using System.Diagnostics.Metrics.MeterListener listener = new();
        listener.InstrumentPublished = (instrument, asker) =>
        {
            if (instrument.Meter.Name == ZerocopyMeter.Name)
            {
                asker.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value);
        listener.Start();
        listener.RecordObservableInstruments();
        return sums;
    }
}
