// Whatever a transfer waits for, it waits without using the processor.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

[Cases("X-18")]
public sealed class ParkedTests
{
    private const int Mib = 1 << 20;

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task Waiting_for_the_source(Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        rig.Writer.Send("hello"u8);
        await Peer.ReadExactly(rig.Reader, 5).Within("the first bytes");

        await CpuMeter.AssertParked("waiting for the source");

        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), 5, mode);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task Waiting_for_the_destination(Family source, Family destination, TransferMode mode, Call call)
    {
        const int Total = 4 * Mib;
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        await Task.Delay(30);

        await CpuMeter.AssertParked("waiting for the destination");

        Task<Received> reader = Peer.Read(rig.Reader);
        ResultAssert.Moved(await transfer.Within("the transfer"), Total, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    // The source is at its end, hung up even, and what is in transit has to wait.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.All), MemberType = typeof(Matrix))]
    public async Task Waiting_for_the_destination_with_the_source_gone(
        Family source, Family destination, TransferMode mode, Call call)
    {
        using Rig rig = new(source, destination, bufferBytes: 16 * 1024);
        int queued = 0;
        rig.Writer.Blocking = false;
        for (SocketError error = SocketError.Success; error == SocketError.Success && queued < 150_000;)
        {
            queued += rig.Writer.Send(Pattern.Default.Slice(queued, 10_000).Span, SocketFlags.None, out error);
        }

        Assert.InRange(queued, 100_000, 150_000);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        rig.Writer.Dispose();
        await Task.Delay(30);

        await CpuMeter.AssertParked("waiting for the destination with the source gone");

        Assert.False(transfer.IsCompleted, "it ended with bytes in transit");
        Task<Received> reader = Peer.Read(rig.Reader);
        ResultAssert.Moved(await transfer.Within("the transfer"), queued, mode);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal(new Received(queued, SocketError.Success), await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Waiting_for_the_rate(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancel = new();
        rig.Writer.Send(Pattern.Default.Slice(0, 50_000).Span);
        Task<TransferResult> transfer = rig.Start(
            call, new TransferOptions { Mode = mode, BytesPerSecond = 2 }, cancel.Token);

        await CpuMeter.AssertParked("waiting for the rate");

        cancel.Cancel();
        TransferCanceledException thrown =
            await Assert.ThrowsAsync<TransferCanceledException>(() => transfer.Within("the cancel", 500));
        Pattern.Default.AssertEqual(
            await Peer.ReadExactly(rig.Reader, (int)thrown.Progress.BytesWritten).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task Waiting_for_the_source_with_the_destination_half_closed(TransferMode mode, Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Reader.Shutdown(SocketShutdown.Send); // Readable for ever, and of no interest to us.
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = mode });
        await Task.Delay(30);

        await CpuMeter.AssertParked("waiting for the source, the destination half closed");

        rig.Writer.Send("hello"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), 5, mode);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 5).Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task Waiting_for_the_source_with_news_for_the_progress(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<TransferResult> transfer = rig.Start(
            call, new TransferOptions { Progress = new Progress<TransferProgress>(), IdleTimeout = TimeSpan.FromMinutes(1) });
        rig.Writer.Send("a"u8);
        await Task.Delay(20);
        rig.Writer.Send("b"u8);

        await CpuMeter.AssertParked("waiting with a progress report due");

        rig.Writer.Shutdown(SocketShutdown.Send);
        ResultAssert.Moved(await transfer.Within("the transfer"), 2, TransferMode.Auto);
        Assert.Equal("ab"u8.ToArray(), await Peer.ReadExactly(rig.Reader, 2).Within("the reader"));
    }
}
