// The entry point: the tests of the core as native code.
namespace Zerocopy.Native;

internal static class Program
{
    /// <summary>Zerocopy.Native REPORT.xml [--emulated SKIPS.txt] [PART-OF-A-NAME...]</summary>
    public static async Task<int> Main(string[] args)
    {
        string[] filters = args[1..];
        EmulationSkips skips = EmulationSkips.None;
        if (args is [_, "--emulated", string list, .. string[] others])
        {
            skips = EmulationSkips.Read(list);
            filters = others;
        }

        Report report = new(args[0]);
        await new Runner(report, skips, filters).RunAll();
        return report.Close();
    }
}
