// No test waits for ever.
using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit;

namespace Zerocopy.Conformance.Harness;

internal static class Deadline
{
    /// <summary>The hard limit of one wait, and the timeout for tests.</summary>
    internal const int Ms = 30_000;

    private static readonly int s_slowdown = int.Parse(
        Environment.GetEnvironmentVariable("ZEROCOPY_SLOWDOWN") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Longer on a machine that is itself a program.</summary>
    internal static int Scaled(int milliseconds) => milliseconds * s_slowdown;

    /// <summary>Awaits, and fails with a message that says what was awaited.</summary>
    internal static async Task<T> Within<T>(this Task<T> task, string what, int milliseconds = Ms)
    {
        await ((Task)task).Within(what, milliseconds);
        return await task;
    }

    /// <inheritdoc cref="Within{T}(Task{T}, string, int)"/>
    internal static async Task Within(this Task task, string what, int milliseconds = Ms)
    {
        if (await Task.WhenAny(task, Task.Delay(Scaled(milliseconds))) != task)
        {
            Assert.Fail($"{what}: nothing within {milliseconds} ms");
        }

        await task;
    }

    /// <inheritdoc cref="Within{T}(Task{T}, string, int)"/>
    internal static Task<T> Within<T>(this ValueTask<T> task, string what, int milliseconds = Ms)
        => task.AsTask().Within(what, milliseconds);

    /// <inheritdoc cref="Within{T}(Task{T}, string, int)"/>
    internal static Task Within(this ValueTask task, string what, int milliseconds = Ms)
        => task.AsTask().Within(what, milliseconds);

    /// <summary>Polls until it is so.</summary>
    internal static async Task Until(string what, Func<bool> isSo, int milliseconds = Ms)
    {
        long dueMs = Environment.TickCount64 + Scaled(milliseconds);
        while (!isSo())
        {
            Assert.True(Environment.TickCount64 < dueMs, $"{what}: not so within {milliseconds} ms");
            await Task.Delay(2);
        }
    }

    /// <summary>Runs something that may block on a thread of its own, not on the pool under test. It has to end with
    /// its test.</summary>
    internal static Task<T> OnThread<T>(
        Func<T> work, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Task<T> task = Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        TestThreads.Add(task, file, line);
        return task;
    }

    /// <inheritdoc cref="OnThread{T}(Func{T}, string, int)"/>
    internal static Task OnThread(Action work, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Task task = Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        TestThreads.Add(task, file, line);
        return task;
    }
}
