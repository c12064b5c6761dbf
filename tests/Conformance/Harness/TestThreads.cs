// No thread that a test has started outlives it: one that hangs would be blamed on a later test.
using System.Collections.Concurrent;
using Xunit;

namespace Zerocopy.Conformance.Harness;

internal static class TestThreads
{
    private static readonly ConcurrentDictionary<Task, string> s_running = new();

    internal static void Add(Task task, string file, int line)
        => s_running[task] = $"{Path.GetFileName(file)}:{line}";

    /// <summary>Fails unless all of them end soon. Fails once for each: the next test is not blamed.</summary>
    internal static void AssertEnded(int settleMs = 2000)
    {
        Task[] tasks = [.. s_running.Keys];
        _ = Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(settleMs);
        string[] left = [.. tasks.Where(task => !task.IsCompleted).Select(task => s_running[task])];
        s_running.Clear();
        Assert.True(left.Length == 0, $"threads are still running that were started at {string.Join(", ", left)}");
    }
}
