using System.Diagnostics;

namespace Zerocopy.Bench.Load.Running;

/// <summary>The contender that is written in Go, where Go is installed.</summary>
internal static class GoPeer
{
    private const string Compiler = "go";

    internal static bool IsInstalled => Installed.Find(Compiler) is not null;

    /// <summary>Such as <c>go1.19.8</c>; null where there is none.</summary>
    internal static string? Version => IsInstalled ? Run("env", "GOVERSION").Trim() : null;

    /// <summary>Compiles it.</summary>
    /// <param name="program">To make.</param>
    /// <param name="source">Of the folder Peers.</param>
    internal static void Build(string program, string source)
        => Run("build", "-o", program, Path.Combine(Self.Root, "bench", "Load", "Peers", source));

    private static string Run(params string[] arguments)
    {
        ProcessStartInfo start = new(Compiler, arguments)
        {
            WorkingDirectory = Path.GetTempPath(), // No Go module: the program is one file.
            RedirectStandardOutput = true,
        };
        using Process go = Process.Start(start)!;
        string output = go.StandardOutput.ReadToEnd();
        go.WaitForExit();
        BenchException.Require(go.ExitCode == 0, $"`go {string.Join(' ', arguments)}` failed");
        return output;
    }
}
