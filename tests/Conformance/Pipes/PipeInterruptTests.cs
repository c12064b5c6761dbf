// Signals interrupt the calls of pipes all the time, and nobody notices.
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

[Cases("X-14")]
public sealed class PipeInterruptTests
{
    private const int Total = 48 << 20;

    private long _signals;

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.FamiliesCalls), MemberType = typeof(PipeMatrix))]
    public async Task A_storm_over_copiers_changes_nothing(Family family, Call call)
    {
        using Rig rig = new(family, Family.Unix, bufferBytes: 128 * 1024);
        using Pipe pipe = Pipe.Create();
        Task<int>[] threads = [Task.FromResult(0), Task.FromResult(0)];
        Task<TransferResult> fill = call == Call.Async
            ? pipe.ReadFromAsync(rig.Source).AsTask() : OnKnownThread(() => pipe.ReadFrom(rig.Source), out threads[0]);
        Task<TransferResult> drain = call == Call.Async
            ? pipe.WriteToAsync(rig.Destination).AsTask()
            : OnKnownThread(() => pipe.WriteTo(rig.Destination), out threads[1]);
        int[] targets = call == Call.Async ? CpuMeter.LoopThreads() : await Task.WhenAll(threads);
        Task storm = Storm(targets, drain);

        Task<long> writer = Peer.Write(rig.Writer, Total, chunk: 50_000);
        Task<Received> reader = Peer.Read(rig.Reader, chunk: 100_000);
        Routes.AssertMoved(await fill.Within("ReadFrom"), Total, TransferMechanism.Splice);
        Routes.AssertMoved(await drain.Within("WriteTo"), Total, TransferMechanism.Splice);
        await AssertStormed(storm);
        rig.Destination.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await Peer.AssertAll(Total, writer, reader);
    }

    [Fact(Timeout = Deadline.Ms)]
    public async Task A_storm_over_reads_and_writes_changes_nothing()
    {
        using Pipe pipe = Pipe.Create();
        Task<long> writer = OnKnownThread(() => Write(pipe), out Task<int> writes);
        Task<long> reader = OnKnownThread(() => Read(pipe), out Task<int> reads);
        Task storm = Storm(await Task.WhenAll(writes, reads), reader);
        Assert.Equal(Total, await writer.Within("the writer"));
        Assert.Equal(Total, await reader.Within("the reader"));
        await AssertStormed(storm);
    }

    private Task Storm(int[] targets, Task until)
    {
        Assert.NotEmpty(targets);
        Libc.LetInterrupt(Libc.SigUsr2);
        return Deadline.OnThread(() =>
        {
            while (!until.IsCompleted)
            {
                foreach (int target in targets)
                {
                    _signals += Libc.Signal(target, Libc.SigUsr2) ? 1 : 0;
                }

                Thread.SpinWait(2000);
            }
        });
    }

    private async Task AssertStormed(Task storm)
    {
        await storm.Within("the storm");
        Assert.True(_signals > 100, $"only {_signals} signals");
    }

    private static Task<T> OnKnownThread<T>(Func<T> work, out Task<int> thread)
    {
        TaskCompletionSource<int> known = new();
        thread = known.Task;
        return Deadline.OnThread(() =>
        {
            known.SetResult(Libc.ThreadId);
            return work();
        });
    }

    private static long Write(Pipe pipe)
    {
        for (int done = 0; done < Total;)
        {
            int length = Math.Min(100_000, Total - done);
            pipe.Write(Pattern.Default.Slice(done, length).Span);
            done += length;
        }

        pipe.CloseWrite();
        return Total;
    }

    private static long Read(Pipe pipe)
    {
        byte[] buffer = new byte[30_000];
        long done = 0;
        for (int count; (count = pipe.Read(buffer)) > 0; done += count)
        {
            Pattern.Default.AssertEqual(buffer.AsSpan(0, count), done);
        }

        return done;
    }
}
