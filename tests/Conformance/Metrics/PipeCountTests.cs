// zerocopy.pipe.count, zerocopy.pipe.destroyed and zerocopy.route.switches: what holds a pipe, and for how long.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Metrics;

public sealed class PipeCountTests
{
    private const int Total = 3_000_000;
    private const int Stalled = 16 * 1024;

    public static TheoryData<Call> Calls { get; } = new(Enum.GetValues<Call>());

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Calls))]
    public async Task A_pipe_is_in_use_while_bytes_are_in_it_and_then_pooled(Call call)
    {
        using MeterProbe probe = new();
        FdCaches.Empty();
        Assert.Equal((0, 0), (probe.PipesInUse, probe.PooledPipes));
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: Stalled);
        Task<long> writer = Peer.Write(rig.Writer, Total);
        Task<TransferResult> transfer = rig.Start(call, new TransferOptions { Mode = TransferMode.RequireZeroCopy });
        await Deadline.Until("the destination has stalled", () => probe.PipesInUse == 1, 5000);
        long destroyed = probe.DestroyedPipes;

        Task<Received> reader = Peer.Read(rig.Reader, max: Total);
        TransferResult result = await transfer.Within("the transfer");

        Assert.Equal((0, 1), (probe.PipesInUse, probe.PooledPipes));
        Assert.Equal(destroyed, probe.DestroyedPipes);
        probe.AssertMoved(result);
        await Peer.AssertAll(Total, writer, reader);
        FdCaches.Empty();
        Assert.Equal((0, 0, destroyed + 1), (probe.PipesInUse, probe.PooledPipes, probe.DestroyedPipes));
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Calls))]
    public async Task A_pipe_with_bytes_in_it_is_destroyed(Call call)
    {
        using MeterProbe probe = new();
        FdCaches.Empty();
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: Stalled);
        using CancellationTokenSource cancellation = new();
        Task<long> writer = Peer.Write(rig.Writer, 64 << 20);
        Task<TransferResult> transfer = rig.Start(
            call, new TransferOptions { Mode = TransferMode.RequireZeroCopy }, cancellation.Token);
        await Deadline.Until("the destination has stalled", () => probe.PipesInUse == 1, 5000);
        await Task.Delay(50);
        long destroyed = probe.DestroyedPipes;

        await cancellation.CancelAsync();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the cancel"));

        Assert.True(thrown.Progress.BytesConsumed > thrown.Progress.BytesWritten, "the pipe was empty");
        Assert.Equal((0, 0, destroyed + 1), (probe.PipesInUse, probe.PooledPipes, probe.DestroyedPipes));
        rig.Source.Dispose();
        _ = await writer.Within("the writer");
    }

    // A burst is spliced; then there is a pause; then a burst again.
    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Calls))]
    public async Task A_full_read_promotes_and_a_pause_demotes(Call call)
    {
        const int Burst = 200_000;
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<Received> reader = Peer.Read(rig.Reader, max: 3 * Burst);
        Task<TransferResult>? transfer = null;
        long promotions = 0;
        for (int i = 1; i <= 3; i++)
        {
            if (i == 1)
            {
                rig.Writer.Send(Pattern.Default.Slice(0, Burst).Span);
                await Deadline.Until("more than a block is queued", () => rig.Source.Available > 80_000, 5000);
                transfer = rig.Start(call);
            }
            else
            {
                rig.Writer.Send(Pattern.Default.Slice((i - 1) * Burst, Burst).Span);
            }

            await Deadline.Until("the burst is through", () => probe.Written == i * Burst, 5000);
            await Deadline.Until("it waits", () => probe.Promotions == probe.Demotions, 5000);
            Assert.InRange(probe.Promotions, i == 1 ? 1 : promotions, 10 * i);
            promotions = probe.Promotions;
        }

        rig.Writer.Shutdown(SocketShutdown.Send);
        TransferResult result = await transfer!.Within("the transfer");
        Assert.Equal((probe.Promotions, promotions), (probe.Demotions, probe.Promotions));
        probe.AssertMoved(result);
        Assert.Equal(new Received(3 * Burst, SocketError.Success), await reader.Within("the reader"));
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(TransferMode.Auto, 1000)]
    [InlineData(TransferMode.CopyOnly, Total)]
    [InlineData(TransferMode.RequireZeroCopy, Total)]
    public async Task Small_messages_and_modes_that_allow_one_way_only_do_not_switch(TransferMode mode, int bytes)
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Unix);
        Task<long> writer = Peer.Write(rig.Writer, bytes);
        Task<Received> reader = Peer.Read(rig.Reader, max: bytes);

        TransferResult result = await rig.Start(
            Call.Async, new TransferOptions { Mode = mode }).Within("the transfer");

        Assert.Equal((0, 0), (probe.Promotions, probe.Demotions));
        probe.AssertMoved(result);
        await Peer.AssertAll(bytes, writer, reader);
    }
}
