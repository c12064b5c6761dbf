namespace Zerocopy;

/// <summary>What belongs to no loop, or happens too seldom to be counted for each: tees, refusals of the
/// kernel, connections that linger.</summary>
internal static class ProcessTotals
{
    /// <summary>Where an errno is counted that has no place of its own.</summary>
    internal const int OtherError = 0;

    private const int ErrorMax = 133; // EHWPOISON, the last one of Linux on every processor that .NET runs on.

    private static readonly long[] s_fallbacks = new long[ErrorMax + 1];
    private static long s_teed;
    private static long s_copied;
    private static long s_lingering;

    /// <summary>Given to targets by tee(2).</summary>
    internal static long BytesTeed => Volatile.Read(ref s_teed);

    /// <summary>Given to targets from memory.</summary>
    internal static long BytesCopied => Volatile.Read(ref s_copied);

    /// <summary>Closed connections whose peers have yet to end.</summary>
    internal static long LingeringCount => Volatile.Read(ref s_lingering);

    internal static void LingeringBegan() => Interlocked.Increment(ref s_lingering);

    internal static void LingeringEnded() => Interlocked.Decrement(ref s_lingering);

    internal static void AddTee(int count, bool byTee)
        => Interlocked.Add(ref (byTee ? ref s_teed : ref s_copied), count);

    /// <summary>A flow has been refused, with an errno that it has not told of before.</summary>
    internal static void AddFallback(int error)
        => Interlocked.Increment(ref s_fallbacks[(uint)error <= ErrorMax ? error : OtherError]);

    /// <summary>Every errno that there was, with how often.</summary>
    internal static IEnumerable<(int Error, long Count)> Fallbacks()
    {
        for (int error = 0; error <= ErrorMax; error++)
        {
            long count = Volatile.Read(ref s_fallbacks[error]);
            if (count > 0)
            {
                yield return (error, count);
            }
        }
    }
}
