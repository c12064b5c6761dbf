// Threads for the peers, which block as they like: never those of the pool that is under test. They are used again, so
// that the number of threads says something.
using System.Runtime.CompilerServices;

namespace Zerocopy.Soak;

internal static class Crew
{
    internal const int BufferBytes = 256 * 1024;

    /// <summary>Of each member's stack, all of it used at once: what grows later is no stack that an exception has made
    /// deeper.</summary>
    internal const int StackBytes = 160 * 1024;

    private static readonly Stack<Member> s_idle = new();

    [ThreadStatic]
    private static byte[]? s_buffer;

    /// <summary>Threads made so far; none of them ends.</summary>
    internal static int Count { get; private set; }

    /// <summary>The calling member's own buffer.</summary>
    internal static byte[] Buffer => s_buffer ??= new byte[BufferBytes];

    /// <summary>Runs something that may block.</summary>
    internal static Task<T> Run<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Take().Do(() =>
        {
            try
            {
                T result = work();
                return () => done.SetResult(result);
            }
            catch (Exception e)
            {
                return () => done.SetException(e);
            }
        });
        return done.Task;
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    internal static Task<bool> Run(Action work) => Run(() =>
    {
        work();
        return true;
    });

    private static Member Take()
    {
        lock (s_idle)
        {
            if (s_idle.TryPop(out Member? idle))
            {
                return idle;
            }

            Count++;
        }

        return new Member();
    }

    private sealed class Member
    {
        private readonly SemaphoreSlim _asked = new(0);
        private Func<Action>? _work;

        internal Member() => new Thread(Main, 2 * StackBytes) { IsBackground = true, Name = "Soak peer" }.UnsafeStart();

        internal void Do(Func<Action> work)
        {
            _work = work;
            _ = _asked.Release();
        }

        private void Main()
        {
            UseStack();
            _ = Buffer; // Made now: what a sample leaves out for it is there.
            while (true)
            {
                _asked.Wait();
                Action complete = _work!();
                _work = null;
                lock (s_idle)
                {
                    s_idle.Push(this); // Before it is told: whoever waits may ask for the next one at once.
                }

                complete();
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void UseStack()
        {
            Span<byte> stack = stackalloc byte[StackBytes];
            stack.Fill(1);
        }
    }
}
