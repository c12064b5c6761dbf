using System.Globalization;

namespace Zerocopy;

/// <summary>How many pages the library's pipes may hold together.</summary>
/// <remarks>The kernel limits a user's pipe pages softly and silently: past <c>pipe-user-pages-soft</c> new pipes have
/// two slots, for every process of that user, and nothing shows how many are in use. So the library takes half
/// and counts for itself.</remarks>
internal sealed class PageBudget(long pagesMax)
{
    internal const int PageBytes = 4096;

    private const long SoftLimitDefault = 16384;

    internal static PageBudget Process { get; } = new(ReadSoftLimit() / 2);

    private long _pages;

    internal long PagesInUse => Volatile.Read(ref _pages);

    internal bool TryReserve(long pages)
    {
        if (Interlocked.Add(ref _pages, pages) <= pagesMax)
        {
            return true;
        }

        Interlocked.Add(ref _pages, -pages);
        return false;
    }

    /// <summary>Counts pages that are taken whatever the budget says.</summary>
    internal void Reserve(long pages) => Interlocked.Add(ref _pages, pages);

    internal void Release(long pages) => Interlocked.Add(ref _pages, -pages);

    /// <summary>What the text of pipe-user-pages-soft means. The kernel takes any number of 64 bits.</summary>
    internal static long SoftLimitOf(ReadOnlySpan<char> text)
        => !ulong.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong limit)
            ? SoftLimitDefault
            : limit is 0 or > long.MaxValue ? long.MaxValue : (long)limit; // 0 means no limit.

    private static long ReadSoftLimit()
    {
        try
        {
            return SoftLimitOf(File.ReadAllText("/proc/sys/fs/pipe-user-pages-soft"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SoftLimitDefault; // No procfs here: the kernel's own default.
        }
    }
}
