using System.Globalization;

namespace Zerocopy.Server;

/// <summary>How many connections the limit of open files has room for.</summary>
internal static class DescriptorBudget
{
    // Two sockets each. For want of pipes a connection copies, so they need no place of their own.
    private const int DescriptorsPerConnection = 2;

    // The runtime needs descriptors of its own at any time, for an assembly or a new thread, and may not survive that
    // there are none.
    private const int Reserved = 128;

    internal static int MaxConnections()
    {
        const string Name = "Max open files";
        string? line = Array.Find(
            File.ReadAllLines("/proc/self/limits"), line => line.StartsWith(Name, StringComparison.Ordinal));
        string? soft = line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        if (!int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int limit))
        {
            return int.MaxValue; // unlimited
        }

        int open = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        return Math.Max((limit - open - Reserved) / DescriptorsPerConnection, 1);
    }
}
