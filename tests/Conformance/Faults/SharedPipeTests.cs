// Pipes in blocking mode that others use too: no loop ever stands still for them, and no sync call cannot be cancelled.
using System.Net.Sockets;
using Xunit;
using Zerocopy.Conformance.Files;
using Zerocopy.Conformance.Harness;
using Zerocopy.Sys;

namespace Zerocopy.Conformance.Faults;

public sealed class SharedPipeTests
{
    private const int Bytes = 300_001;

    private static readonly TransferMode[] s_modes = [TransferMode.Auto, TransferMode.CopyOnly];

    public static TheoryData<TransferMode, Call> ModesCalls { get; } =
        new MatrixTheoryData<TransferMode, Call>(s_modes, Enum.GetValues<Call>());

    public static TheoryData<What, TransferMode, Call> Others { get; } = new MatrixTheoryData<What, TransferMode, Call>(
        [What.Tcp, What.File, What.Stream, What.Pipe, What.Foreign], s_modes, Enum.GetValues<Call>());

    // Somebody else was quicker, every time: would a read wait, it would wait for ever.
    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-50")]
    public async Task A_reader_that_loses_every_race_waits_without_its_thread(TransferMode mode, Call call)
    {
        using OldKernel kernel = new() { LosesRaces = true };
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using SocketPair pair = SocketPair.Tcp();
        using CancellationTokenSource cancel = new();
        pipe.Write("hello"u8);
        Task<TransferResult> transfer = Rig.Start(
            call, pipe.ReadEnd, pair.Near, new TransferOptions { Mode = mode }, cancel.Token);
        Assert.Equal("hello"u8.ToArray(), await Peer.ReadExactly(pair.Far, 5).Within("the first bytes"));
        await AssertLoopsRun();
        pipe.Write("again"u8);
        Assert.Equal("again"u8.ToArray(), await Peer.ReadExactly(pair.Far, 5).Within("the next bytes"));
        cancel.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the end", 5000));
        Assert.Equal(10, thrown.Progress.BytesWritten);
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-50")]
    public async Task A_writer_that_loses_every_race_waits_without_its_thread(TransferMode mode, Call call)
    {
        using OldKernel kernel = new() { LosesRaces = true };
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using SocketPair pair = SocketPair.Tcp();
        using CancellationTokenSource cancel = new();
        int before = pipe.Fill();
        Task<long> writer = Peer.Write(pair.Far, Bytes);
        TransferOptions options = new() { Mode = mode, KeepUndelivered = true };
        Task<TransferResult> transfer = Rig.Start(call, pair.Near, pipe.WriteEnd, options, cancel.Token);
        await AssertLoopsRun();
        byte[] all = new byte[before + 5000];
        int there = ReadExactly(pipe, all);
        cancel.Cancel();
        TransferCanceledException thrown = await Assert.ThrowsAsync<TransferCanceledException>(
            () => transfer.Within("the end", 5000));
        TransferResult progress = thrown.Progress;
        Assert.Equal(progress.BytesConsumed - progress.BytesWritten, thrown.Undelivered.Length);
        Pattern.Default.AssertEqual(all.AsSpan(before, there - before));
        Pattern.Default.AssertEqual(thrown.Undelivered.Span, progress.BytesWritten);

        // What is in the pipe is what was counted, and the rest goes on from there.
        Task<long> drained = pipe.Drain(start: there - before);
        TransferResult rest = await Rig.Start(
            call, pair.Near, pipe.WriteEnd, new TransferOptions { Mode = mode, Prefix = thrown.Undelivered })
            .Within("the rest");
        pipe.CloseWrite();
        Assert.Equal(Bytes, progress.BytesWritten + rest.BytesWritten);
        Assert.Equal(Bytes - (there - before), await drained.Within("the reader"));
        Assert.Equal(Bytes, await writer.Within("the writer"));
    }

    [KernelOnly(Why.Mechanism)]
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(Others))]
    [Cases("F-51")]
    public async Task An_old_kernel_moves_the_same_bytes(What other, TransferMode mode, Call call)
    {
        // Refused later, on a loop, is another test.
        bool isOnLoop = mode == TransferMode.Auto && call == Call.Async;
        int refusal = isOnLoop ? 0 : (int)Errno.EPERM;
        foreach ((int spliceError, int pipeError) in
            ((int, int)[])[(0, 0), (refusal, 0), (0, refusal), (0, (int)Errno.EMFILE)])
        {
            using OldKernel kernel = new() { SpliceError = spliceError, PipeError = pipeError };
            using (AnySource source = new(other, PipeForm.Blocking, Bytes))
            using (AnyDestination destination = new(What.Foreign, PipeForm.Blocking))
            {
                await Move(source, destination, mode, call, $"to a pipe, {spliceError}, {pipeError}");
            }

            using (AnySource source = new(What.Foreign, PipeForm.Blocking, Bytes))
            using (AnyDestination destination = new(other, PipeForm.Blocking))
            {
                await Move(source, destination, mode, call, $"from a pipe, {spliceError}, {pipeError}");
            }

            Assert.True(kernel.Refused > 0 || mode == TransferMode.Auto);
        }
    }

    // Two readers of one pipe: each byte goes to one of them, and nobody hangs.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-52")]
    public async Task Two_readers_of_one_pipe(TransferMode mode, Call call)
    {
        const int Total = 20_000;
        using OldKernel kernel = new();
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using SocketPair pair = SocketPair.Tcp();
        Task<byte[]> received = Peer.ReadAll(pair.Far);
        Task<TransferResult> transfer = Rig.Start(
            call, pipe.ReadEnd, pair.Near, new TransferOptions { Mode = mode });
        Task<long> rival = Deadline.OnThread(() =>
        {
            byte[] buffer = new byte[100];
            long count = 0;
            for (int read; (read = pipe.Read(buffer)) > 0;)
            {
                count += read;
            }

            return count;
        });
        Task feed = Deadline.OnThread(() =>
        {
            for (int i = 0; i < Total; i++)
            {
                pipe.Write([(byte)i]);
            }
        });
        await feed.Within("the writer");
        await AssertLoopsRun();
        pipe.CloseWrite();
        TransferResult result = await transfer.Within("the transfer");
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.Equal(result.BytesWritten, (await received.Within("the reader")).Length);
        Assert.Equal(Total, result.BytesWritten + await rival.Within("the other reader"));
    }

    // poll(.., 0) says EINTR exactly when nothing is ready.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(ModesCalls))]
    [Cases("F-53")]
    public async Task A_storm_of_signals_makes_nothing_ready(TransferMode mode, Call call)
    {
        const int Messages = 300;
        using OldKernel kernel = new();
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using SocketPair pair = SocketPair.Tcp();
        Libc.LetInterrupt(Libc.SigUsr2);
        Task<TransferResult> transfer = Rig.Start(
            call, pipe.ReadEnd, pair.Near, new TransferOptions { Mode = mode });
        using CancellationTokenSource over = new();
        Task<long> storm = Deadline.OnThread(() =>
        {
            long signals = 0;
            while (!over.IsCancellationRequested)
            {
                foreach (string thread in Directory.GetDirectories("/proc/self/task"))
                {
                    int id = int.Parse(Path.GetFileName(thread), System.Globalization.CultureInfo.InvariantCulture);
                    signals += id != Libc.ThreadId && Libc.Signal(id, Libc.SigUsr2) ? 1 : 0;
                }
            }

            return signals;
        });
        for (int i = 0; i < Messages; i++)
        {
            pipe.Write([(byte)i]);
            Assert.Equal([(byte)i], await Peer.ReadExactly(pair.Far, 1).Within($"message {i}"));
        }

        over.Cancel();
        Assert.True(await storm.Within("the storm") > 100);
        pipe.CloseWrite();
        Assert.Equal(Messages, (await transfer.Within("the transfer")).BytesWritten);
    }

    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-53")]
    public async Task A_poll_that_does_not_wait_is_never_interrupted()
    {
        const int Polls = 100_000;
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using SocketPair pair = SocketPair.Tcp();
        Libc.LetInterrupt(Libc.SigUsr2);
        TaskCompletionSource<int> polls = new();
        Task<int> interrupted = Deadline.OnThread(() =>
        {
            Assert.True(FdLease.TryAcquire(pair.Near.SafeHandle, out FdLease lease));
            using (lease)
            {
                polls.SetResult(Libc.ThreadId);
                int count = 0;
                for (int i = 0; i < Polls; i++)
                {
                    count += Syscall.Poll([new PollFd(lease.Fd, PollEvents.In)], timeoutMs: 0).IsError ? 1 : 0;
                }

                return count;
            }
        });
        int target = await polls.Task;
        await Deadline.OnThread(() =>
        {
            while (!interrupted.IsCompleted)
            {
                _ = Libc.Signal(target, Libc.SigUsr2);
            }
        }).Within("the storm");
        Assert.Equal(0, await interrupted);
    }

    // Nothing is left that does not wait, and on a loop nothing may.
    [KernelOnly(Why.Mechanism)]
    [Fact(Timeout = Deadline.Ms)]
    [Cases("F-51")]
    public async Task A_splice_that_is_refused_later_is_an_error_and_no_hang()
    {
        using ForeignPipe pipe = ForeignPipe.Open(PipeForm.Blocking);
        using SocketPair pair = SocketPair.Tcp();
        using OldKernel kernel = new() { SpliceError = (int)Errno.EPERM, LosesRaces = true };
        Task<TransferResult> transfer = Rig.Start(Call.Async, pipe.ReadEnd, pair.Near);
        pipe.Write("hello"u8);
        await AssertLoopsRun();
        TransferException thrown = await Assert.ThrowsAsync<TransferException>(() => transfer.Within("the transfer"));
        Assert.Equal((Libc.EPerm, TransferSide.Source), (thrown.Error, thrown.Side));
        byte[] left = new byte[8];
        Assert.Equal(5, pipe.Read(left));
    }

    private static async Task Move(
        AnySource source, AnyDestination destination, TransferMode mode, Call call, string what)
    {
        TransferResult result = await Rig.Start(
            call, source.Endpoint, destination.Endpoint, new TransferOptions { Mode = mode }).Within(what);
        Assert.Equal((Bytes, TransferEnd.EndOfStream), (result.BytesWritten, result.EndedBy));
        Assert.Equal(Bytes, await destination.EndAndCount());
        await source.Fed.Within("the writer");
    }

    private static int ReadExactly(ForeignPipe pipe, Span<byte> buffer)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            done += pipe.Read(buffer[done..]);
        }

        return done;
    }

    /// <summary>Every loop still serves others.</summary>
    private static async Task AssertLoopsRun()
    {
        for (int i = 0; i < 2 * Environment.ProcessorCount; i++)
        {
            using Rig rig = new(Family.Tcp, Family.Tcp);
            Task<TransferResult> transfer = rig.Start(Call.Async);
            rig.Writer.Send("x"u8);
            Assert.Single(await Peer.ReadExactly(rig.Reader, 1).Within("another transfer", 5000));
            rig.Writer.Shutdown(SocketShutdown.Send);
            Assert.Equal(1, (await transfer.Within("its end")).BytesWritten);
        }
    }
}
