namespace Zerocopy.Properties.Identity;

internal static class Descriptors
{
    /// <summary>How many descriptors this process has open.</summary>
    internal static int Count() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
