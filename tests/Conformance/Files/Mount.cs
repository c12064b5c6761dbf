// mount(8), mkfs(8) and what else only root may run.
using System.ComponentModel;
using System.Diagnostics;
using Zerocopy.Conformance.Harness;

namespace Zerocopy.Conformance.Files;

internal static class Mount
{
    private static readonly Lazy<bool> s_isPossible = new(() =>
        Libc.UserId == 0 && Run("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"));

    /// <summary>True if this user can mount in a namespace of its own.</summary>
    internal static bool IsPossible => s_isPossible.Value;

    internal static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using StreamReader output = process.StandardOutput;
            using StreamReader errors = process.StandardError;
            Task drained = Task.WhenAll(output.ReadToEndAsync(), errors.ReadToEndAsync());
            process.WaitForExit();
            drained.GetAwaiter().GetResult();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // There is no such program.
        }
    }
}
