// mount(8), mkfs(8) and what else only root may run.
using System.ComponentModel;
using System.Diagnostics;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Files;

internal static class Mount
{
    private static readonly Lazy<bool> s_isPossible = new(() =>
        Libc.UserId == 0 && Run("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"));

    /// <summary>True if this user can mount in a namespace of its own.</summary>
    internal static bool IsPossible => s_isPossible.Value;

    /// <summary>Runs a child in a mount namespace of its own: nothing stays mounted, however it ends.</summary>
    /// <param name="arguments">The child's; a folder that is empty, and gone afterwards, comes behind them.</param>
    internal static void RunAlone<TChild>(params string[] arguments)
        where TChild : IChild, new()
    {
        if (!IsPossible)
        {
            Assert.Skip("nothing can be mounted here");
        }

        DirectoryInfo directory = Directory.CreateTempSubdirectory("zerocopy-fs-");
        try
        {
            string output = ChildProcess.Run<TChild>([.. arguments, directory.FullName], "unshare", "--mount");
            Assert.Contains("done", output, StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>Makes a file system in a file, and mounts it.</summary>
    /// <returns>Where it is; null where that cannot be done.</returns>
    internal static string? Image(string type, string directory)
    {
        const long ImageBytes = 400L << 20; // The least that xfs is made with; it is sparse.
        string image = Path.Combine(directory, "image");
        string at = Path.Combine(directory, "mounted");
        Directory.CreateDirectory(at);
        using (FileStream file = File.Create(image))
        {
            file.SetLength(ImageBytes);
        }

        return Run($"mkfs.{type}", "-q", image) && Run("mount", "-o", "loop", image, at) ? at : null;
    }

    /// <summary>Mounts it once more: nothing of it is in memory then.</summary>
    internal static bool ImageAgain(string directory)
    {
        string at = Path.Combine(directory, "mounted");
        return Run("umount", at) && Run("mount", "-o", "loop", Path.Combine(directory, "image"), at);
    }

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
