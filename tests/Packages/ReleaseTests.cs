using System.Text;
using System.Text.Json;

namespace Zerocopy.Packages;

/// <summary>The packages as a release makes them, by eng/release.sh: one from a clone of the repository on GitHub, one
/// from a clone that has no remote. Both, in different folders, hold the same to the byte.</summary>
public sealed class ReleaseTests
{
    private const string Repository = "https://github.com/zerocopy-net/zerocopy";
    private const string Version = "1.2.3";
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public async Task Two_releases_are_identical_and_their_symbols_lead_to_the_sources_of_the_commit()
    {
        using Workplace one = new(), other = new();
        await Task.WhenAll(ReleaseAsync(one, hasRemote: true), ReleaseAsync(other, hasRemote: false));
        foreach (string id in (string[])["Zerocopy", "Zerocopy.Server", "Zerocopy.Sys"])
        {
            AssertSame(one, other, id);
            AssertTraceable(one, id);
        }
    }

    // File by file: only since NuGet 7.9, and if it is told a time, are the packages around them the same as well.
    private static void AssertSame(Workplace one, Workplace other, string id)
    {
        foreach (string extension in (string[])["nupkg", "snupkg"])
        {
            using Package package = Open(one, id, extension), again = Open(other, id, extension);
            Assert.Equal(package.Files, again.Files);
            Assert.All([$"{id}.nuspec", .. package.Files], name => Assert.Equal(package.Read(name), again.Read(name)));
        }
    }

    private static void AssertTraceable(Workplace place, string id)
    {
        using Package package = Open(place, id, "nupkg"), symbolPackage = Open(place, id, "snupkg");
        Assert.Equal("git", package.Repository("type"));
        Assert.Equal(Repository, package.Repository("url"));
        Assert.Equal(Commit, package.Repository("commit"));

        Assert.All(
            Package.Frameworks,
            framework => AssertTraceable(
                place,
                package.Read($"lib/{framework}/{id}.dll"),
                symbolPackage.Read($"lib/{framework}/{id}.pdb")));
    }

    private static void AssertTraceable(Workplace place, byte[] library, byte[] pdb)
    {
        Assert.Equal(-1, library.AsSpan().IndexOf(Encoding.UTF8.GetBytes(place.Root)));
        using Symbols symbols = new(library, pdb);
        Assert.NotEmpty(symbols.Sources);
        Assert.All(symbols.Sources, static path => Assert.StartsWith("/_/src/", path, StringComparison.Ordinal));
        Assert.All(symbols.EmbeddedSources, static path => Assert.StartsWith("/_/", path, StringComparison.Ordinal));

        using JsonDocument link = JsonDocument.Parse(symbols.SourceLink!);
        Assert.Equal(
            $"https://raw.githubusercontent.com/zerocopy-net/zerocopy/{Commit}/*",
            link.RootElement.GetProperty("documents").GetProperty("/_/*").GetString());
    }

    private static Package Open(Workplace place, string id, string extension)
        => new(place.PathOf("feed", $"{id}.{Version}.{extension}"));

    // What `git clone` would leave, as far as it is read: no objects, and no git.
    private static async Task ReleaseAsync(Workplace place, bool hasRemote)
    {
        string root = place.PathOf("clone");
        Directory.CreateDirectory(Path.Combine(root, ".git", "refs", "heads"));
        await File.WriteAllTextAsync(Path.Combine(root, ".git", "HEAD"), "ref: refs/heads/main\n");
        await File.WriteAllTextAsync(Path.Combine(root, ".git", "refs", "heads", "main"), Commit + "\n");
        await File.WriteAllTextAsync(
            Path.Combine(root, ".git", "config"),
            hasRemote ? $"[remote \"origin\"]\n\turl = {Repository}.git\n" : "");
        IEnumerable<string> nested = ((string[])["docs/images", "eng", "src"]).SelectMany(
            static folder => Directory.EnumerateFiles(SourceTree.PathOf(folder), "*", SearchOption.AllDirectories));
        foreach (string file in Directory.EnumerateFiles(SourceTree.Root).Concat(nested))
        {
            if (Path.GetFileName(file) == ".git")
            {
                continue; // A work tree beside its clone has a file there.
            }

            string copy = Path.Combine(root, Path.GetRelativePath(SourceTree.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        string release = Path.Combine(root, "eng", "release.sh");
        (int exitCode, string said) = await place.RunAsync("bash", release);
        Assert.True(exitCode == 1 && said == "release: no tag is checked out\n", $"{exitCode}: {said}");
        await place.MustAsync("bash", release, "--dry-run", Version, place.PathOf("feed"));
    }
}
