// Async calls that wait hold no thread; and looking at a pipe disturbs nobody who uses it.
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Pipes;

public sealed class PipeThreadTests
{
    private const int Many = 100;

    /// <summary>What waits hundredfold.</summary>
    public enum Kind
    {
        Read,
        Write,
        ReadFrom,
        WriteTo,
    }

    [Theory(Timeout = Deadline.Ms)]
    [InlineData(Kind.Read)]
    [InlineData(Kind.Write)]
    [InlineData(Kind.ReadFrom)]
    [InlineData(Kind.WriteTo)]
    [Cases("GO-118")]
    public async Task A_hundred_calls_that_wait_hold_no_thread(Kind kind)
    {
        Pipe[] pipes = [.. Enumerable.Range(0, Many).Select(_ => Pipe.Create(4096))];
        Pipe[] others = [.. Enumerable.Range(0, Many).Select(_ => Pipe.Create(4096))];
        int before = Process.GetCurrentProcess().Threads.Count;
        Task[] calls = [.. pipes.Zip(others, (pipe, other) => Start(kind, pipe, other))];
        await PipePeer.AssertWaits(Task.WhenAny(calls), "each of them");

        // Work for the pool is done at once, so none of its threads waits inside a call.
        Stopwatch watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => Task.Run(() => Thread.SpinWait(100)))).Within("work");
        Assert.InRange(watch.ElapsedMilliseconds, 0, 2000);
        int after = Process.GetCurrentProcess().Threads.Count;
        Assert.True(after - before < Many / 4, $"{before} threads became {after}");

        for (int i = 0; i < Many; i++)
        {
            Release(kind, pipes[i], others[i]);
        }

        await Task.WhenAll(calls).Within("all of them");
        foreach (Pipe pipe in pipes.Concat(others))
        {
            pipe.Dispose();
        }
    }

    // Both ends are busy, many look at them all the time, and every byte is there.
    [Theory(Timeout = Deadline.Ms)]
    [MemberData(nameof(PipeMatrix.Calls), MemberType = typeof(PipeMatrix))]
    [Cases("GO-116", "GO-117")]
    public async Task Looking_at_a_pipe_neither_waits_nor_disturbs(Call call)
    {
        const int Total = 8 << 20;
        using Pipe pipe = Pipe.Create();
        Task<int> parked = PipePeer.Read(call, pipe, new byte[1]);
        await PipePeer.AssertWaits(parked, "the read");
        await Deadline.OnThread(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal((64 * 1024, 0), (pipe.Capacity, pipe.Available));
            }
        }).Within("a look at a pipe that is read", PipePeer.PromptMs);
        pipe.Write("x"u8);
        Assert.Equal(1, await parked.Within("the read"));

        using CancellationTokenSource enough = new();
        Task[] onlookers = [.. Enumerable.Range(0, 4).Select(_ => Deadline.OnThread(() =>
        {
            while (!enough.IsCancellationRequested)
            {
                Assert.Equal(64 * 1024, pipe.Capacity);
                Assert.InRange(pipe.Available, 0, 64 * 1024);
            }
        }))];
        Task<long> writer = PipePeer.Write(pipe, Total, chunk: 10_000);
        Assert.Equal(Total, await PipePeer.Read(pipe, chunk: 9000).Within("the reader"));
        enough.Cancel();
        await Task.WhenAll(onlookers).Within("the onlookers");
        await writer.Within("the writer");
    }

    private static Task Start(Kind kind, Pipe pipe, Pipe other)
    {
        switch (kind)
        {
            case Kind.Read:
                return pipe.ReadAsync(new byte[10]).AsTask();
            case Kind.Write:
                PipePeer.Fill(pipe);
                return pipe.WriteAsync(new byte[10]).AsTask();
            case Kind.ReadFrom:
                return pipe.ReadFromAsync(other).AsTask();
            default:
                PipePeer.Fill(pipe);
                PipePeer.Fill(other);
                return pipe.WriteToAsync(other).AsTask();
        }
    }

    private static void Release(Kind kind, Pipe pipe, Pipe other)
    {
        switch (kind)
        {
            case Kind.Read:
                pipe.Write("x"u8);
                break;
            case Kind.Write:
                Assert.Equal(4096, pipe.Read(new byte[4096]));
                break;
            case Kind.ReadFrom:
                other.CloseWrite();
                break;
            default:
                Assert.Equal(4096, other.Read(new byte[4096]));
                Assert.Equal(4096, other.Read(new byte[4096])); // What the call moves now.
                pipe.CloseWrite();
                break;
        }
    }
}
