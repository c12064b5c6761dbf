using System.ComponentModel;
using System.Diagnostics;

namespace Zerocopy.Conformance.Harness;

internal static class Strace
{
    /// <summary>It is installed, and may trace here.</summary>
    internal static bool CanTrace()
    {
        try
        {
            using Process strace = Process.Start("strace", ["-o", "/dev/null", "true"]);
            strace.WaitForExit();
            return strace.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
