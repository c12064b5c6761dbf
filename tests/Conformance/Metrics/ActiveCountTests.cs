// zerocopy.transfer.active, zerocopy.relay.active and zerocopy.idle_closes: up when it begins, down before its result
// is there, however it ends.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Relays;

namespace Zerocopy.Conformance.Metrics;

public sealed class ActiveCountTests
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(50);

    public enum Ending
    {
        EndOfStream,
        Limit,
        Cancel,
        Dispose,
        Reset,
        Idle,
    }

    public static TheoryData<Ending, Call> Rows { get; } =
        new MatrixTheoryData<Ending, Call>(Enum.GetValues<Ending>(), Enum.GetValues<Call>());

    public static TheoryData<Ending> Endings { get; } =
        new(Enum.GetValues<Ending>().Where(ending => ending != Ending.Limit));

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Rows))]
    public async Task A_transfer_is_active_until_its_result_is_there(Ending ending, Call call)
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancellation = new();
        TransferOptions options = new()
        {
            LimitBytes = 5,
            IdleTimeout = ending == Ending.Idle ? s_idle : Timeout.InfiniteTimeSpan,
        };
        Task<TransferResult> transfer = rig.Start(call, options, cancellation.Token);
        if (ending != Ending.Idle)
        {
            await Deadline.Until("it is active", () => probe.ActiveTransfers == 1, 1000);
            await Task.Delay(20);
            Assert.Equal((1, 0), (probe.ActiveTransfers, probe.ActiveRelays));
        }

        End(ending, rig, cancellation);
        await Record.ExceptionAsync(() => transfer.Within("the transfer"));

        probe.AssertIdle();
        Assert.Equal(ending is Ending.EndOfStream or Ending.Limit, transfer.IsCompletedSuccessfully);
        Assert.Equal(ending == Ending.Idle ? 1 : 0, probe.IdleCloses);
    }

    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Endings))]
    public async Task A_relay_is_active_until_its_result_is_there(Ending ending)
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using CancellationTokenSource cancellation = new();
        RelayOptions options = new() { IdleTimeout = ending == Ending.Idle ? s_idle : Timeout.InfiniteTimeSpan };
        Task<RelayResult> relay = Relay.RunAsync(rig.Source, rig.Destination, options, cancellation.Token).AsTask();
        if (ending != Ending.Idle)
        {
            await Task.Delay(20);
            Assert.Equal((0, 1), (probe.ActiveTransfers, probe.ActiveRelays));
        }

        End(ending, rig, cancellation);
        await Record.ExceptionAsync(() => relay.Within("the relay"));

        probe.AssertIdle();
        Assert.Equal(ending == Ending.Idle ? 1 : 0, probe.IdleCloses);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task Many_at_once_of_every_driver()
    {
        using MeterProbe probe = new();
        using CancellationTokenSource cancellation = new();
        Rig[] rigs = [.. Enumerable.Range(0, 20).Select(i => new Rig((Family)(i & 1), Family.Tcp))];
        List<Task> running = [];
        for (int i = 0; i < 10; i++)
        {
            Rig rig = rigs[i];
            running.Add(i switch
            {
                < 4 => rig.Start(Call.Async, token: cancellation.Token),
                < 8 => rig.Start(Call.Sync, token: cancellation.Token),
                _ => Rig.Start(Call.Async, DuplexStream.Pair().Near, rig.Destination, token: cancellation.Token),
            });
        }

        for (int i = 10; i < 20; i++)
        {
            running.Add(i < 18
                ? Relay.RunAsync(rigs[i].Source, rigs[i].Destination, cancellationToken: cancellation.Token).AsTask()
                : Relay.RunAsync(DuplexStream.Pair().Near, rigs[i].Destination, null, cancellation.Token).AsTask());
        }

        await Deadline.Until("all are active", () => (probe.ActiveTransfers, probe.ActiveRelays) == (10, 10), 5000);
        await cancellation.CancelAsync();
        foreach (Task one in running)
        {
            await Assert.ThrowsAsync<TransferCanceledException>(() => one.Within("its end"));
        }

        probe.AssertIdle();
        Array.ForEach(rigs, rig => rig.Dispose());
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task What_never_begins_and_a_read_of_a_pipe_are_not_active()
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        using Pipe pipe = Pipe.Create();
        _ = Transfer.Copy(rig.Source, rig.Destination, new TransferOptions { LimitBytes = 0 });
        _ = Assert.Throws<TransferCanceledException>(
            () => Transfer.Copy(rig.Source, rig.Destination, cancellationToken: new(canceled: true)));
        Task<int> read = pipe.ReadAsync(new byte[1]).AsTask();
        await Task.Delay(20);

        probe.AssertIdle();
        pipe.CloseWrite();
        Assert.Equal(0, await read.Within("the read"));
        probe.AssertIdle();
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_linger_timeout_is_no_idle_close()
    {
        using MeterProbe probe = new();
        using Rig rig = new(Family.Tcp, Family.Tcp);
        Task<RelayResult> relay = Relay.RunAsync(
            rig.Source, rig.Destination, new RelayOptions { LingerAfterHalfClose = s_idle }).AsTask();
        rig.Writer.Shutdown(SocketShutdown.Send);

        Assert.Equal(RelayEnd.LingerTimeout, (await relay.Within("the relay")).EndedBy);

        probe.AssertIdle();
        Assert.Equal(0, probe.IdleCloses);
    }

    private static void End(Ending ending, Rig rig, CancellationTokenSource cancellation)
    {
        switch (ending)
        {
            case Ending.EndOfStream:
                rig.Writer.Shutdown(SocketShutdown.Send);
                rig.Reader.Shutdown(SocketShutdown.Send);
                break;
            case Ending.Limit:
                rig.Writer.Send("12345"u8);
                break;
            case Ending.Cancel:
                cancellation.Cancel();
                break;
            case Ending.Dispose:
                rig.Source.Dispose();
                break;
            case Ending.Reset:
                SocketPair.Reset(rig.Writer);
                break;
            default:
                break;
        }
    }
}
