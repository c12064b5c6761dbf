namespace Zerocopy;

/// <summary>Whether the kernel may move bytes at all. Decided once for the process; where it may not, everything is
/// copied by .NET's own calls, and Zerocopy.Sys is asked at most what a handle is and how it is, on Linux.</summary>
internal static class Platform
{
    /// <summary>The AppContext switch that turns the kernel off for the process.</summary>
    internal const string CopyOnlySwitch = "Zerocopy.CopyOnly";

    internal static bool HasKernel { get; } =
        OperatingSystem.IsLinux() && !(AppContext.TryGetSwitch(CopyOnlySwitch, out bool copyOnly) && copyOnly);
}
