using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Where and how results came to be: the first line of their file.</summary>
internal sealed record RunEnvironment
{
    private const string CongestionControlFile = "/proc/sys/net/ipv4/tcp_congestion_control";

    public string Kind { get; init; } = "environment";

    public string Started { get; init; } = "";

    public string CongestionControl { get; init; } = "";

    public string Kernel { get; init; } = "";

    public string Cpu { get; init; } = "";

    public int Cores { get; init; }

    public string Runtime { get; init; } = "";

    /// <summary>Of the code that was measured; with a plus sign where it had changes.</summary>
    public string Commit { get; init; } = "";

    /// <summary>Of the folder where files are written; null: none are.</summary>
    public string? FileSystem { get; init; }

    /// <summary>The version of Go; null: it takes no part.</summary>
    public string? Go { get; init; }

    /// <summary>Who of others takes part in a race, with versions (of <c>c-limit</c>, its compiler's); null: no race.
    /// </summary>
    public Dictionary<string, string>? Peers { get; init; }

    /// <summary>Who takes no part in a race, not being installed.</summary>
    public string[]? Missing { get; init; }

    public RunOptions Options { get; init; } = new();

    internal static string CurrentCongestionControl => File.ReadAllText(CongestionControlFile).Trim();

    internal static RunEnvironment Describe(RunOptions options) => new()
    {
        Started = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'"),
        CongestionControl = CurrentCongestionControl,
        Kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        Cpu = CpuModel(),
        Cores = Environment.ProcessorCount,
        Runtime = RuntimeInformation.FrameworkDescription,
        Commit = Git("rev-parse --short HEAD") is [_, ..] commit
            ? commit + (Git("status --porcelain -- src bench samples/Proxy").Length > 0 ? "+" : "")
            : "unknown",
        FileSystem = options.Modes switch
        {
            [Cell.Tee] => new DriveInfo(options.TeeFolder).DriveFormat,
            [Cell.Files] => new DriveInfo(Path.GetTempPath()).DriveFormat,
            _ => null,
        },
        Go = options.Modes is [Cell.Files] ? GoPeer.Version : null,
        Peers = options.Modes is [Cell.Race] ? RaceField.Versions : null,
        Missing = options.Modes is [Cell.Race] ? RaceField.Missing : null,
        Options = options,
    };

    private static string CpuModel()
        => File.ReadLines("/proc/cpuinfo")
            .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(':') + 1)..].Trim())
            .FirstOrDefault(RuntimeInformation.ProcessArchitecture.ToString());

    private static string Git(string arguments)
    {
        try
        {
            ProcessStartInfo start = new("git", arguments)
            {
                WorkingDirectory = Self.Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process git = Process.Start(start)!;
            string output = git.StandardOutput.ReadToEnd();
            return output.Trim();
        }
        catch (Win32Exception)
        {
            return ""; // No git here: the results say so.
        }
    }
}
