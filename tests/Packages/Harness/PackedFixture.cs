using System.Collections.Concurrent;
using System.Text.Json;

[assembly: AssemblyFixture(typeof(Zerocopy.Packages.PackedFixture))]

namespace Zerocopy.Packages;

/// <summary>The packages of what this test was built with, packed once for all tests, under a version that no other run
/// has: nothing stale is found in a cache of packages.</summary>
public sealed class PackedFixture : IAsyncLifetime
{
    private readonly Workplace _workplace = new();
    private readonly ConcurrentBag<string> _cache = [];

    /// <summary>The folder with the packages, and with nothing else.</summary>
    internal string Feed => _workplace.PathOf("feed");

    internal string Version { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        // Wherever it was put: bin/Packages/release below it is where we are.
        DirectoryInfo here = new(AppContext.BaseDirectory);
        string artifacts = here.Parent!.Parent!.Parent!.FullName;
        await _workplace.MustAsync(
            "dotnet", "pack", SourceTree.PathOf("Zerocopy.sln"), "--no-build", "-warnaserror", "-o", Feed,
            "-c", here.Name == "debug" ? "Debug" : "Release", $"-p:ArtifactsPath={artifacts}",
            $"-p:VersionSuffix=test-{Guid.NewGuid():N}", $"-p:NuspecOutputPath={_workplace.PathOf("nuspec")}");
        string package = Directory.GetFiles(Feed, "Zerocopy.Sys.*.nupkg").Single();
        Version = Path.GetFileNameWithoutExtension(package)["Zerocopy.Sys.".Length..];
    }

    /// <summary>Has these packages taken out of the user's cache again, once nobody needs them.</summary>
    /// <param name="assets">What a restore of a project that uses them has left.</param>
    internal void UninstallAtTheEnd(string assets)
    {
        if (File.Exists(assets))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(assets));
            _cache.Add(document.RootElement.GetProperty("project").GetProperty("restore")
                .GetProperty("packagesPath").GetString()!);
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (string cache in _cache.Distinct())
        {
            Uninstall(cache);
        }

        _workplace.Dispose();
        return ValueTask.CompletedTask;
    }

    internal Package Open(string id) => new(Path.Combine(Feed, $"{id}.{Version}.nupkg"));

    internal Package OpenSymbols(string id) => new(Path.Combine(Feed, $"{id}.{Version}.snupkg"));

    // Nobody will ask for this version again.
    private void Uninstall(string cache)
    {
        foreach (string id in (string[])["zerocopy", "zerocopy.server", "zerocopy.sys"])
        {
            DirectoryInfo version = new(Path.Combine(cache, id, Version));
            if (version.Exists)
            {
                version.Delete(recursive: true);
                if (!version.Parent!.EnumerateFileSystemInfos().Any())
                {
                    version.Parent.Delete();
                }
            }
        }
    }
}
