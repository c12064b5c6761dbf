using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Zerocopy.Bench.Load.Running;

/// <summary>Programs of others that this machine may have.</summary>
internal static partial class Installed
{
    // Servers are in /usr/sbin, which not everybody's PATH has.
    internal static string? Find(string program)
        => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin".Split(':')
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The first version number of what it says; empty where it says none.</summary>
    internal static string VersionOf(string program, params string[] arguments)
        => Version().Match(OutputOf(program, arguments)).Value;

    /// <summary>Standard output and errors; empty where it cannot be started.</summary>
    internal static string OutputOf(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(Find(program) ?? program, arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output + errors.Result;
        }
        catch (Win32Exception)
        {
            return ""; // There is none.
        }
    }

    [GeneratedRegex(@"\d+(\.\d+)+[-+.\w]*")]
    private static partial Regex Version();
}
