// A rate limit is kept within 5 percent, whatever the mechanism, and does not burst.
using System.Diagnostics;
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

public sealed class RateTests
{
    private const double Tolerance = 0.05;

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(64_000)]
    [InlineData(1_000_000)]
    public Task A_rate_is_kept_within_5_percent(int bytesPerSecond) => AllAtOnce.Run(async (mode, call) =>
    {
        const double Seconds = 2.5;
        long total = (long)(bytesPerSecond * Seconds);
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, total);
        Task<Received> reader = Peer.Read(rig.Reader);
        long start = Stopwatch.GetTimestamp();

        TransferResult result = await rig.Start(
            call, new TransferOptions { Mode = mode, BytesPerSecond = bytesPerSecond }).Within("the transfer");

        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        ResultAssert.Moved(result, total, mode);
        Assert.InRange(total / elapsed, bytesPerSecond * (1 - Tolerance), bytesPerSecond * (1 + Tolerance));
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(total, writer, reader);
    });

    // What was not used in a pause is lost, but for the tenth of a second that the bucket is deep.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_pause_is_not_saved_up_for_a_burst(Call call)
    {
        const int Rate = 1_000_000;
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { BytesPerSecond = Rate });
        await Task.Delay(600);
        long start = Stopwatch.GetTimestamp();
        Task<long> writer = Peer.Write(rig.Writer, Rate / 2);
        Task<Received> reader = Peer.Read(rig.Reader);

        ResultAssert.Moved(await transfer.Within("the transfer"), Rate / 2, TransferMode.Auto);

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.38, 0.65);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Rate / 2, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_rate_beyond_what_the_machine_can_do_is_no_limit(Call call)
    {
        const int Total = 30_000_000;
        using Rig rig = new(Family.Unix, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<Received> reader = Peer.Read(rig.Reader);

        TransferResult result = await rig.Start(call, new TransferOptions { BytesPerSecond = long.MaxValue })
            .Within("the transfer");

        ResultAssert.Moved(result, Total, TransferMode.Auto);
        rig.Destination.Shutdown(SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_few_bytes_a_second_arrive_one_by_one(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        rig.Writer.Send("0123456789"u8);
        rig.Writer.Shutdown(SocketShutdown.Send);
        long start = Stopwatch.GetTimestamp();

        TransferResult result = await rig.Start(call, new TransferOptions { BytesPerSecond = 20 })
            .Within("the transfer");

        ResultAssert.Moved(result, 10, TransferMode.Auto);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.35, 0.65);
        rig.Destination.Shutdown(SocketShutdown.Send);
        Assert.Equal("0123456789", await Peer.ReadText(rig.Reader).Within("the reader"));
    }
}
