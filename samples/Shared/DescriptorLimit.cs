using System.Globalization;

namespace Zerocopy.Samples;

/// <summary>How many relays the limit of open files has room for.</summary>
/// <remarks>The runtime needs descriptors of its own at any time, for an assembly or for a new thread, and may not
/// survive that there are none. So the proxy stops accepting before, and who comes waits in the listener's
/// queue.</remarks>
internal static class DescriptorLimit
{
    // Two sockets each; a third for pipes, and for whatever the runtime opens.
    private const int DescriptorsPerRelay = 3;

    internal static int RelaysMax()
    {
        const string Name = "Max open files";
        if (!OperatingSystem.IsLinux())
        {
            return int.MaxValue;
        }

        string line = File.ReadLines("/proc/self/limits").First(l => l.StartsWith(Name, StringComparison.Ordinal));
        string soft = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        if (!int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int limit))
        {
            return int.MaxValue; // unlimited
        }

        int open = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        return Math.Max((limit - open) / DescriptorsPerRelay, 1);
    }
}
