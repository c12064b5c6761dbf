using System.Diagnostics;

namespace Zerocopy.Bench.Load.Running;

/// <summary>How to start this program again, and where its repository is.</summary>
internal static class Self
{
    /// <summary>The root of the repository.</summary>
    internal static string Root
        => FindRoot(Environment.CurrentDirectory) ?? FindRoot(AppContext.BaseDirectory)
        ?? throw new BenchException("not inside the repository: start it there");

    internal static string ResultsFolder => Path.Combine(Root, "bench", "results");

    internal static string PlotsFolder => Path.Combine(Root, "bench", "plots");

    internal static string ReportFile => Path.Combine(Root, "bench", "REPORT.md");

    internal static string ReadmeFile => Path.Combine(Root, "README.md");

    /// <summary>The file and leading arguments that start this program.</summary>
    internal static string[] CommandLine
    {
        get
        {
            string program = Environment.ProcessPath!;
            return Path.GetFileNameWithoutExtension(program) == "dotnet"
                ? [program, Path.Combine(AppContext.BaseDirectory, $"{typeof(Self).Assembly.GetName().Name}.dll")]
                : [program];
        }
    }

    internal static ProcessStartInfo Command(params IEnumerable<string> arguments)
        => new(CommandLine[0], CommandLine[1..].Concat(arguments));

    /// <summary>This program as it is in another folder, such as another commit's
    /// <c>artifacts/bin/Load/release</c>.</summary>
    internal static string ProgramIn(string folder)
    {
        string program = Path.GetFullPath(Path.Combine(folder, typeof(Self).Assembly.GetName().Name!));
        return File.Exists(program) ? program : throw new BenchException($"--against: there is no {program}");
    }

    /// <summary>A program of another project, where the build puts it beside this one.</summary>
    /// <param name="project">Its project.</param>
    /// <param name="program">Its file.</param>
    /// <param name="beside">This program in another build; null: this one.</param>
    internal static string Built(string project, string program, string? beside = null)
    {
        string folder = beside is null ? AppContext.BaseDirectory.TrimEnd('/') : Path.GetDirectoryName(beside)!;
        return Path.GetFullPath(Path.Combine(folder, "..", "..", project, Path.GetFileName(folder), program));
    }

    private static string? FindRoot(string folder)
    {
        for (DirectoryInfo? at = new(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Zerocopy.sln")))
            {
                return at.FullName;
            }
        }

        return null;
    }
}
