// zerocopy.transfer.bytes: what the results say, to the byte, whatever the mechanism and the driver.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Pipes;

namespace Zerocopy.Conformance.Metrics;

public sealed class TransferBytesTests
{
    private const int Total = 3_000_017;

    public static TheoryData<Call> Calls { get; } = new(Enum.GetValues<Call>());

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task Between_sockets(Family source, Family destination, TransferMode mode, Call call)
    {
        using MeterProbe probe = new();
        using Rig rig = new(source, destination);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await rig.Start(call, new TransferOptions { Mode = mode }).Within("the transfer");

        probe.AssertMoved(result);
        probe.AssertIdle();
        Assert.Equal(Total, probe.Written);
        Assert.True(mode != TransferMode.RequireZeroCopy || probe.Spliced == Total);
        Assert.True(mode != TransferMode.CopyOnly || probe.Buffered == Total);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Calls))]
    public async Task From_a_file_to_a_socket(Call call)
    {
        using MeterProbe probe = new();
        using PlacedFile file = PlacedFile.OfPattern(Place.Disk, Total);
        using FileStream source = file.Open(FileAccess.Read);
        using SocketPair pair = SocketPair.Tcp();
        Task<Received> reader = Peer.Read(pair.Far, max: Total);

        TransferResult result = await Rig.Start(call, source, pair.Near).Within("the transfer");

        probe.AssertMoved(result);
        probe.AssertIdle();
        Assert.Equal((Total, 0), (probe.Sendfile, probe.Spliced));
        Assert.Equal(new Received(Total, SocketError.Success), await reader.Within("the reader"));
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Calls))]
    public async Task From_a_file_to_a_file(Call call)
    {
        using MeterProbe probe = new();
        using PlacedFile from = PlacedFile.OfPattern(Place.Disk, Total);
        using PlacedFile to = new(Place.Disk);
        using FileStream source = from.Open(FileAccess.Read);
        using FileStream destination = to.Open();

        TransferResult result = await Rig.Start(call, source, destination).Within("the transfer");

        probe.AssertMoved(result);
        probe.AssertIdle();
        Assert.Equal(Total, probe.Written);
        Assert.Equal(result.FallbackError == 0, probe.CopyFileRange == Total);
        Pattern.Default.AssertEqual(to.ReadBytes());
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Calls))]
    public async Task From_a_socket_to_a_file(Call call)
    {
        using MeterProbe probe = new();
        using PlacedFile file = new(Place.Disk);
        using FileStream destination = file.Open();
        using SocketPair pair = SocketPair.Unix();
        Task<long> writer = Peer.Write(pair.Far, Total);

        TransferResult result = await Rig.Start(call, pair.Near, destination).Within("the transfer");

        probe.AssertMoved(result);
        probe.AssertIdle();
        Assert.Equal(Total, probe.Written);
        Assert.Equal(Total, await writer.Within("the writer"));
        Pattern.Default.AssertEqual(file.ReadBytes());
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Calls))]
    public async Task From_a_stream(Call call)
    {
        using MeterProbe probe = new();
        using MemoryStream source = new(Pattern.Default.Bytes(0, Total));
        using SocketPair pair = SocketPair.Tcp();
        Task<Received> reader = Peer.Read(pair.Far, max: Total);

        TransferResult result = await Rig.Start(call, source, pair.Near).Within("the transfer");

        probe.AssertMoved(result);
        probe.AssertIdle();
        Assert.Equal(Total, probe.Buffered);
        Assert.Equal(new Received(Total, SocketError.Success), await reader.Within("the reader"));
    }

    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    public async Task Into_a_pipe_and_out_of_it_by_splice_and_not_by_Read_and_Write()
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Pipe pipe = Pipe.Create();
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader, max: Total);

        Task<TransferResult> fill = pipe.ReadFromAsync(rig.Source).AsTask();
        TransferResult drained = await pipe.WriteToAsync(rig.Destination).Within("the drain");
        TransferResult filled = await fill.Within("the fill");

        probe.AssertMoved(filled, drained);
        Assert.True(probe.Spliced > 0);
        await writer.Within("the writer");
        Assert.Equal(new Received(Total, SocketError.Success), await reader.Within("the reader"));

        using Pipe plain = Pipe.Create();
        Task<long> more = PipePeer.Write(plain, Total); // Fills the pipe, and waits; the reader waits as well.
        Assert.Equal(Total, await PipePeer.Read(plain, pauseMs: 1).Within("the reads"));
        Assert.Equal(Total, await more.Within("the writes"));
        byte[] rest = new byte[1];
        Assert.Equal(0, await plain.ReadAsync(rest).Within("the end"));
        probe.AssertMoved(filled, drained);
        probe.AssertIdle();
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Of_a_transfer_that_was_cut_off_what_was_written(TransferMode mode, Call call)
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp, bufferBytes: 24 * 1024);
        using CancellationTokenSource cancellation = new();
        TransferOptions options = new() { Mode = mode, Prefix = "hello"u8.ToArray() };
        Task<TransferResult> transfer = rig.Start(call, options, cancellation.Token);
        Task<long> writer = Peer.Write(rig.Writer, 64 << 20);
        await Deadline.Until("it shows while it runs", () => probe.Written > options.Prefix.Length);
        await cancellation.CancelAsync();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the cancel"));

        probe.AssertMoved(thrown.Progress);
        probe.AssertIdle();
        rig.Source.Dispose();
        _ = await writer.Within("the writer");
    }
}
