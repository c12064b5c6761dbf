// Uses the library with the switch on.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Metrics;

namespace Zerocopy.Conformance.Meta;

internal sealed class CopyOnlyChild : IChild
{
    private const int Bytes = 700_001;

    public int Run(string[] args)
    {
        AppContext.SetSwitch("Zerocopy.CopyOnly", true);
        (args[0] switch
        {
            "transfers" => Transfers(),
            "relays" => Relays(),
            "dialer" => Dial(),
            "endings" => Endings(),
            "metrics" => Metered(),
            _ => Refusals(),
        }).GetAwaiter().GetResult();
        Console.WriteLine("done");
        return 0;
    }

    private static async Task Transfers()
    {
        foreach (Family family in Enum.GetValues<Family>())
        {
            foreach (Call call in Enum.GetValues<Call>())
            {
                using Rig rig = new(family, Family.Tcp);
                Task<long> writer = Peer.Write(rig.Writer, Bytes);
                Task<Received> reader = Peer.Read(rig.Reader);
                TransferResult result = await rig.Start(call).Within($"{family} {call}");
                ResultAssert.Moved(result, Bytes, TransferMode.CopyOnly);
                Assert.Equal(TransferEnd.EndOfStream, result.EndedBy);
                rig.Destination.Shutdown(SocketShutdown.Send);
                await Peer.AssertAll(Bytes, writer, reader);
            }
        }

        using Rig limited = new(Family.Tcp, Family.Unix);
        limited.Writer.Send(Pattern.Default.Slice(0, 1000).Span);
        TransferResult part = await Rig.Start(
            Call.Async,
            limited.Source.SafeHandle,
            limited.Destination.SafeHandle,
            new TransferOptions { LimitBytes = 600 });
        Assert.Equal((600, 0L, TransferEnd.LimitReached), (part.BytesBuffered, part.LimitRemaining, part.EndedBy));
        Pattern.Default.AssertEqual(await Peer.ReadExactly(limited.Reader, 600));
        Assert.Equal(400, limited.Source.Available);
    }

    private static async Task Relays()
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> leftWriter = Peer.Write(rig.Writer, Bytes);
        Task<long> rightWriter = Peer.Write(rig.Reader, Bytes, pattern: Pattern.Other);
        Task<Received> leftReader = Peer.Read(rig.Writer, pattern: Pattern.Other);
        Task<Received> rightReader = Peer.Read(rig.Reader);
        RelayResult result = await Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { CloseEndpoints = true }).Within("the relay");
        await Peer.AssertAll(Bytes, leftWriter, rightReader);
        await Peer.AssertAll(Bytes, rightWriter, leftReader);
        Assert.Equal(RelayEnd.EndOfStream, result.EndedBy);
        ResultAssert.Moved(result.LeftToRight, Bytes, TransferMode.CopyOnly);
        ResultAssert.Moved(result.RightToLeft, Bytes, TransferMode.CopyOnly);

        using Rig aborted = new(Family.Tcp, Family.Tcp);
        await using Relay relay = Relay.Start(aborted.Source, aborted.Destination);
        aborted.Writer.Send("hello"u8);
        Assert.Equal("hello", Encoding.ASCII.GetString(await Peer.ReadExactly(aborted.Reader, 5)));
        await relay.DisposeAsync().AsTask().Within("the abort");
        Assert.Equal(RelayEnd.Aborted, (await relay.Completion).EndedBy);
    }

    private static async Task Dial()
    {
        foreach (Family family in Enum.GetValues<Family>())
        {
            using Socket listener = SocketPair.Listen(family, out EndPoint endPoint);
            using Socket near = await Dialer.ConnectAsync(endPoint).Within("the dialer");
            using Socket far = listener.Accept();
            near.Send("ping"u8);
            Assert.Equal("ping", Encoding.ASCII.GetString(await Peer.ReadExactly(far, 4)));
        }

        using Socket loopback = SocketPair.Listen(Family.Tcp, out EndPoint address);
        using Socket named = await Dialer.ConnectAsync(
            new DnsEndPoint("localhost", ((IPEndPoint)address).Port, AddressFamily.InterNetwork)).Within("by name");
        Assert.True(named.Connected);
        loopback.Dispose();
        SocketException refused = await Assert.ThrowsAsync<SocketException>(
            () => Dialer.ConnectAsync(address).Within("a closed port"));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static async Task Endings()
    {
        using Rig idle = new(Family.Tcp, Family.Tcp);
        TransferException timeout = await Assert.ThrowsAsync<TransferException>(() => idle.Start(
            Call.Async, new TransferOptions { IdleTimeout = TimeSpan.FromMilliseconds(50) }).Within("idle"));
        Assert.Equal(TransferEnd.IdleTimeout, timeout.Progress.EndedBy);

        using Rig canceled = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancellation = new(50);
        TransferCanceledException cancel = await Assert.ThrowsAsync<TransferCanceledException>(
            () => canceled.Start(Call.Async, token: cancellation.Token).Within("the cancel"));
        Assert.Equal(cancellation.Token, cancel.CancellationToken);

        using Rig disposed = new(Family.Tcp, Family.Tcp);
        Task<TransferResult> running = disposed.Start(Call.Async);
        await Task.Delay(50);
        disposed.Source.Dispose();
        TransferDisposedException dispose = await Assert.ThrowsAsync<TransferDisposedException>(
            () => running.Within("the dispose"));
        Assert.Equal(TransferSide.Source, dispose.Side);

        using Rig reset = new(Family.Tcp, Family.Tcp);
        running = reset.Start(Call.Async);
        SocketPair.Reset(reset.Writer);
        TransferException lost = await Assert.ThrowsAsync<TransferException>(() => running.Within("the reset"));
        Assert.Equal(TransferSide.Source, lost.Side);
    }

    private static async Task Metered()
    {
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, Bytes);
        Task<Received> reader = Peer.Read(rig.Reader, max: Bytes);
        using MemoryStream mirror = new();
        TransferResult result = await Rig.Start(
            Call.Async, rig.Source, rig.Destination, new TransferOptions { Mirror = mirror }).Within("the transfer");
        using MeterProbe probe = new();
        Assert.Equal([0, 0, 0, 2L * Bytes], probe.Measure("zerocopy.transfer.bytes").Select(one => one.Value));
        Assert.Equal([0, (long)Bytes], probe.Measure("zerocopy.tee.bytes").Select(one => one.Value));
        Assert.Equal((Bytes, Bytes), (result.BytesBuffered, result.Mirror!.BytesCopied));
        using Rig relayed = new(Family.Tcp, Family.Unix);
        Task<RelayResult> relay = Relay.RunAsync(relayed.Source, relayed.Destination).AsTask();
        Assert.Equal((0, 1), (probe.ActiveTransfers, probe.ActiveRelays));
        Assert.All(MeterProbe.Instruments(), instrument => probe.Measure(instrument.Name));
        Assert.Empty(probe.Fallbacks);
        await Peer.AssertAll(Bytes, writer, reader);
        relayed.Writer.Shutdown(SocketShutdown.Send);
        relayed.Reader.Shutdown(SocketShutdown.Send);
        _ = await relay.Within("the relay");
        probe.AssertIdle();
    }

    private static Task Refusals()
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("stays"u8);
        NotSupportedException refusal = Assert.Throws<NotSupportedException>(() => Transfer.Copy(
            rig.Source, rig.Destination, new TransferOptions { Mode = TransferMode.RequireZeroCopy }));
        Assert.Contains("Zerocopy.CopyOnly", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(5, rig.Source.Available);
        using Socket datagram = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.Equal(
            "source", Assert.Throws<ArgumentException>(() => Transfer.Copy(datagram, rig.Destination)).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentNullException>(
            () => Transfer.Copy(rig.Source, default(TransferEndpoint))).ParamName);
        return Task.CompletedTask;
    }
}
