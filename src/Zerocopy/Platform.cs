namespace Zerocopy;

/// <summary>Whether the kernel may be used at all. Decided once for the process; where it may not, everything is
/// copied by .NET's own streams and Zerocopy.Sys is never loaded.</summary>
internal static class Platform
{
    /// <summary>The AppContext switch that turns the kernel off for the process.</summary>
    internal const string CopyOnlySwitch = "Zerocopy.CopyOnly";

    internal static bool HasKernel { get; } =
        OperatingSystem.IsLinux() && !(AppContext.TryGetSwitch(CopyOnlySwitch, out bool copyOnly) && copyOnly);
}
