// The entry point: the tests, or one child of a test.
using System.Reflection;
using Xunit.MicrosoftTestingPlatform;

namespace Zerocopy.Conformance.Meta;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (Environment.GetEnvironmentVariable("ZEROCOPY_COPY_ONLY") is { Length: > 0 })
        {
            AppContext.SetSwitch(Platform.CopyOnlySwitch, true); // Before anything asks for it. Children inherit it.
        }

        if (args is [ChildProcess.Word, string name, .. string[] rest])
        {
            Type type = Assembly.GetExecutingAssembly().GetType(name, throwOnError: true)!;
            return ((IChild)Activator.CreateInstance(type)!).Run(rest);
        }

        return await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
    }
}
