using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Zerocopy.Samples.FileServer;

/// <summary>The largest files of the installed .NET runtime: real bytes that every machine has. What they are is known
/// without the server.</summary>
internal sealed class DemoFiles
{
    private const int FilesMax = 16;

    private readonly List<DemoFile> _files = [];

    internal DemoFiles()
    {
        using IncrementalHash all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string path in Paths())
        {
            byte[] content = File.ReadAllBytes(path);
            all.AppendData(content);
            _files.Add(new DemoFile(
                Path.GetFileName(path), content, Convert.ToHexStringLower(SHA256.HashData(content))));
        }

        HashOfAll = Convert.ToHexStringLower(all.GetHashAndReset());
    }

    /// <summary>Their names, in order.</summary>
    internal static IEnumerable<string> Names => Paths().Select(path => Path.GetFileName(path));

    /// <summary>How many bytes they have together.</summary>
    internal static long BytesOfAll => Paths().Sum(path => new FileInfo(path).Length);

    internal IReadOnlyList<DemoFile> Files => _files;

    /// <summary>Of all of them, one after the other.</summary>
    internal string HashOfAll { get; }

    private static IEnumerable<string> Paths()
        => new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).GetFiles()
            .OrderByDescending(file => file.Length).ThenBy(file => file.Name, StringComparer.Ordinal)
            .Take(FilesMax).Select(file => file.FullName);
}

/// <summary>One of them.</summary>
/// <param name="Name">Without its folder.</param>
/// <param name="Content">All of it.</param>
/// <param name="Hash">Its SHA-256.</param>
internal sealed record DemoFile(string Name, byte[] Content, string Hash);
