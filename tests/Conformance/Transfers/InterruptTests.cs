// Signals interrupt system calls all the time, and nobody notices.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Transfers;

[Cases("X-14", "B-20")]
public sealed class InterruptTests
{
    private const int Total = 128 << 20;

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Matrix.ModesCalls), MemberType = typeof(Matrix))]
    public async Task A_storm_of_signals_changes_nothing(TransferMode mode, Call call)
    {
        // Sized so that calls wait as well as move: an interrupted wait and an interrupted move are both met.
        using Rig rig = new(Family.Tcp, Family.Unix, bufferBytes: 128 * 1024);
        Libc.LetInterrupt(Libc.SigUsr2);
        TaskCompletionSource<int> caller = new();
        TransferOptions options = new() { Mode = mode };
        Task<TransferResult> transfer = call == Call.Async
            ? rig.Start(call, options)
            : Deadline.OnThread(() =>
            {
                caller.SetResult(Libc.ThreadId);
                return Transfer.Copy(rig.Source, rig.Destination, options);
            });
        int[] targets = call == Call.Async ? CpuMeter.LoopThreads() : [await caller.Task];
        Assert.NotEmpty(targets);
        long signals = 0;
        Task storm = Deadline.OnThread(() =>
        {
            while (!transfer.IsCompleted)
            {
                foreach (int target in targets)
                {
                    signals += Libc.Signal(target, Libc.SigUsr2) ? 1 : 0;
                }

                Thread.SpinWait(2000);
            }
        });

        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 50_000);
        Task<Received> reader = Peer.Read(rig.Reader, chunk: 100_000);
        ResultAssert.Moved(await transfer.Within("the transfer"), Total, mode);

        await storm.Within("the storm");
        Assert.True(signals > 100, $"only {signals} signals");
        rig.Destination.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    // The time of an interrupted wait is computed again, so a storm neither ends an idle timeout early nor puts it off.
    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Call.Sync)]
    [InlineData(Call.Async)]
    public async Task A_storm_does_not_put_off_a_timeout(Call call)
    {
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Libc.LetInterrupt(Libc.SigUsr2);
        TaskCompletionSource<int> caller = new();
        TransferOptions options = new() { IdleTimeout = TimeSpan.FromMilliseconds(400) };
        long start = Environment.TickCount64;
        Task<TransferResult> transfer = call == Call.Async
            ? rig.Start(call, options)
            : Deadline.OnThread(() =>
            {
                caller.SetResult(Libc.ThreadId);
                return Transfer.Copy(rig.Source, rig.Destination, options);
            });
        int[] targets = call == Call.Async ? CpuMeter.LoopThreads() : [await caller.Task];
        Task storm = Deadline.OnThread(() =>
        {
            while (!transfer.IsCompleted)
            {
                foreach (int target in targets)
                {
                    _ = Libc.Signal(target, Libc.SigUsr2);
                }

                Thread.Sleep(1);
            }
        });

        TransferException thrown = await Assert.ThrowsAsync<TransferException>(
            () => transfer.Within("the timeout", 5000));

        Assert.Equal(Libc.ETimedOut, thrown.Error);
        Assert.InRange(Environment.TickCount64 - start, 390, 650);
        await storm.Within("the storm");
    }
}
