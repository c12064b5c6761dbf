// The entry point: the tests of the core as native code, or one child of a test.
using System.Reflection;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Native;

internal static class Program
{
    /// <summary>Zerocopy.Native REPORT.xml [--emulated SKIPS.txt] [PART-OF-A-NAME...]</summary>
    public static async Task<int> Main(string[] args)
    {
        if (args is [ChildProcess.Word, string name, .. string[] rest])
        {
            Type type = Assembly.GetExecutingAssembly().GetType(name, throwOnError: true)!;
            return ((IChild)Activator.CreateInstance(type)!).Run(rest);
        }

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
