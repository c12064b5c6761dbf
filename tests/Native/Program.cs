// The entry point: the tests of the core as native code.
using Zerocopy.Conformance.Kernels;

namespace Zerocopy.Native;

internal static class Program
{
    /// <summary>
    /// <code>
    /// Zerocopy.Native REPORT.xml [--without CONDITION SKIPS.txt | --each] [PART-OF-A-NAME...]
    /// Zerocopy.Native --classes [PART-OF-A-NAME...]
    /// Zerocopy.Native --features
    /// </code>
    /// Skipped is what the list names with the condition. With --each it says of each test that it is over, as it
    /// happens; --classes lists what could be run alone, and --features what this kernel has of what not every kernel
    /// has, for the report.
    /// </summary>
    public static async Task<int> Main(string[] args)
    {
        string[] filters = args[1..];
        switch (args[0])
        {
            case "--classes":
                Write(Runner.Classes.Select(type => $"{Case.TypeName(type)}.")
                    .Where(name => filters.Length == 0 || filters.Any(name.Contains)));
                return 0;
            case "--features":
                Write(KernelFeature.All.Select(
                    feature => $"<feature name=\"{feature}\" here=\"{(feature.IsHere ? "yes" : "no")}\" />"));
                return 0;
        }

        ListedSkips skips = ListedSkips.None;
        bool tellsEach = false;
        if (args is [_, "--without", string condition, string list, .. string[] others])
        {
            skips = ListedSkips.Read(condition, list);
            filters = others;
        }
        else if (args is [_, "--each", .. string[] rest])
        {
            tellsEach = true;
            filters = rest;
        }

        Report report = new(args[0], tellsEach);
        await new Runner(report, skips, filters).RunAll();
        return report.Close();
    }

    private static void Write(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.WriteLine(line);
        }
    }
}
