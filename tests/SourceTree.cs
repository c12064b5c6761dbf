using System.Runtime.CompilerServices;

namespace Zerocopy;

/// <summary>Where this repository's own files are, for the tests that read them.</summary>
internal static class SourceTree
{
    internal static string Root { get; } = Find();

    internal static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find([CallerFilePath] string here = "")
    {
        // A deterministic build writes another path for `here`; a build with its own output folder is not below the
        // root.
        foreach (string? start in (string?[])[
            Directory.GetCurrentDirectory(), AppContext.BaseDirectory, Path.GetDirectoryName(here)])
        {
            for (string? directory = start; directory is { Length: > 0 }; directory = Path.GetDirectoryName(directory))
            {
                if (File.Exists(Path.Combine(directory, "Zerocopy.sln")))
                {
                    return directory;
                }
            }
        }

        throw new InvalidOperationException(
            "Zerocopy.sln is neither above the working directory nor above the program.");
    }
}
