// Starts threads before a process loses the ability to: the runtime makes a pipe for each new one.
using System.Net.Sockets;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Faults;

internal static class ReadyThreads
{
    private const int PoolThreads = 8;

    /// <summary>The thread pool, the event loops and .NET's engine are there, and every assembly is loaded.</summary>
    public static void Start()
    {
        FdCaches.WarmUp();
        ThreadPool.SetMinThreads(PoolThreads, PoolThreads);
        using Barrier all = new(PoolThreads + 1);
        for (int i = 0; i < PoolThreads; i++)
        {
            ThreadPool.QueueUserWorkItem(_ => all.SignalAndWait());
        }

        all.SignalAndWait();
        _ = Pattern.Default.Slice(0, 1).Length + Pattern.Other.Slice(0, 1).Length;
    }

    /// <summary>Writes the pattern once the gate opens, from a thread that is there already; then shuts down.</summary>
    public static async Task<Task<long>> Writer(
        Socket socket, long total, Task gate, long start = 0, Pattern? pattern = null)
    {
        pattern ??= Pattern.Default;
        TaskCompletionSource isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<long> writer = Deadline.OnThread(() =>
        {
            isRunning.SetResult();
            gate.GetAwaiter().GetResult();
            long done = 0;
            while (done < total)
            {
                int length = (int)Math.Min(64 * 1024, total - done);
                done += socket.Send(pattern.Slice(start + done, length).Span);
            }

            socket.Shutdown(SocketShutdown.Send);
            return done;
        });
        await isRunning.Task.Within("a thread");
        return writer;
    }
}
