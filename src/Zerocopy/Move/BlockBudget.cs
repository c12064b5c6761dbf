namespace Zerocopy;

/// <summary>How much memory the library's blocks may be together, for the whole process.</summary>
/// <remarks>Nobody waits for memory: who has it are those who cannot go on, and who waited for them would starve. Past
/// the first mark blocks are small; past the second there is none, and bytes are looked at where they are, sent, and
/// then taken (decision 0020). What cannot be done so, <see cref="Reserve"/>s the least that will do.</remarks>
/// <param name="firstMark">In bytes: from here on, small blocks.</param>
/// <param name="secondMark">In bytes: the most.</param>
internal sealed class BlockBudget(long firstMark, long secondMark)
{
    internal const string FirstMarkSetting = "Zerocopy.BlockBytesFirstMark";
    internal const string SecondMarkSetting = "Zerocopy.BlockBytesSecondMark";

    // Parts of what the collector may use.
    private const int FirstPart = 8;
    private const int SecondPart = 4;

    private static BlockBudget? s_process;

    private long _bytes;

    /// <summary>That of this process. Throws if a setting is wrong, to whoever is the first to move bytes.</summary>
    internal static BlockBudget Process
    {
        get
        {
            if (s_process is null)
            {
                _ = Interlocked.CompareExchange(
                    ref s_process,
                    Make(
                        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
                        AppContext.GetData(FirstMarkSetting),
                        AppContext.GetData(SecondMarkSetting)),
                    null);
            }

            return s_process;
        }
    }

    internal long FirstMark => firstMark;

    internal long SecondMark => secondMark;

    /// <summary>What all blocks take: rented, cached, and given up to a stream that has not finished with
    /// them.</summary>
    internal long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Past the first mark.</summary>
    internal bool IsTight => Bytes >= firstMark;

    /// <summary>Past the second mark: not even a small block is left.</summary>
    internal bool IsSpent => Bytes > secondMark - BlockPool.SmallBytes;

    /// <summary>True if caches may grow. They never make anybody's blocks small.</summary>
    internal bool MayCache => Bytes <= firstMark / 2;

    /// <param name="available">Bytes that the collector may use; 0 if it does not say.</param>
    /// <param name="first">The setting of the first mark, or null.</param>
    /// <param name="second">That of the second one.</param>
    internal static BlockBudget Make(long available, object? first, object? second)
    {
        long most = available > 0 ? available : long.MaxValue;
        long? firstMark = Parse(FirstMarkSetting, first);
        long? secondMark = Parse(SecondMarkSetting, second);
        if (firstMark > secondMark)
        {
            throw ThrowHelper.BadSetting(
                FirstMarkSetting, first!, $"at most {SecondMarkSetting}, which is {secondMark}");
        }

        return new BlockBudget(
            firstMark ?? Math.Min(most / FirstPart, secondMark ?? long.MaxValue),
            secondMark ?? Math.Max(most / SecondPart, firstMark ?? 0));
    }

    internal bool TryReserve(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= secondMark)
        {
            return true;
        }

        Release(bytes);
        return false;
    }

    /// <summary>Counts bytes that are taken whatever the budget says.</summary>
    internal void Reserve(int bytes) => Interlocked.Add(ref _bytes, bytes);

    internal void Release(int bytes) => Interlocked.Add(ref _bytes, -bytes);

    private static long? Parse(string name, object? value)
        => AppSetting.Parse(name, value, 0, long.MaxValue, "a number of bytes");
}
