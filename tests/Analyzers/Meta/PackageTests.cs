using System.Text.Json;
using System.Text.RegularExpressions;

namespace Zerocopy.Analyzers.Tests;

/// <summary>The package as users get it: installed into a program that does everything wrong once, it reports just
/// that, and its fixes mend what they can.</summary>
public sealed partial class PackageTests
{
    private static readonly string s_fixture = SourceTree.PathOf("tests", "Analyzers", "Fixture");

    [Fact]
    public async Task The_packed_analyzers_find_and_fix_each_misuse()
    {
        string directory = Directory.CreateTempSubdirectory("zerocopy-fixture-").FullName;
        try
        {
            string feed = Path.Combine(directory, "feed");
            Dotnet dotnet = new(directory);
            await PackAsync(dotnet, feed);
            string version = Install(directory, feed);
            await dotnet.MustAsync("restore", "Fixture.csproj", version);

            // Most rules warn, some are errors: whether it compiles says nothing. What it found is in the log.
            await dotnet.RunAsync(
                "build", "Fixture.csproj", version, "--no-restore", "-p:ErrorLog=found.sarif%2Cversion=2.1");
            Assert.Equal(Expected(), Found(Path.Combine(directory, "found.sarif")));
            Assert.Equal(Rules(), Expected().Select(static expected => expected.Id).Order(StringComparer.Ordinal));

            await dotnet.MustAsync(
                ["format", "analyzers", "Fixture.csproj", "--no-restore", "--severity", "info", "--diagnostics",
                    .. Rules()]);
            Assert.Equal(
                await File.ReadAllTextAsync(Path.Combine(s_fixture, "Misuses.fixed.txt")),
                await File.ReadAllTextAsync(Path.Combine(directory, "Misuses.cs")));

            // What is left is what has no fix.
            await dotnet.RunAsync(
                "build", "Fixture.csproj", version, "--no-restore", "-p:ErrorLog=left.sarif%2Cversion=2.1");
            Assert.Equal(
                Rules().Where(static id => !RuleDocsTests.HasFix(id)),
                Found(Path.Combine(directory, "left.sarif")).Select(static found => found.Id)
                    .Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<string> Rules()
        => new ZerocopyAnalyzer().SupportedDiagnostics.Select(static rule => rule.Id);

    // What this test was built with, wherever that was put: bin/Analyzers/release below it is where we are.
    private static async Task PackAsync(Dotnet dotnet, string feed)
    {
        DirectoryInfo here = new(AppContext.BaseDirectory);
        string artifacts = here.Parent!.Parent!.Parent!.FullName;
        foreach (string project in (string[])["Zerocopy.Sys", "Zerocopy"])
        {
            await dotnet.MustAsync(
                "pack", SourceTree.PathOf("src", project, project + ".csproj"), "--no-build", "-o", feed,
                "-c", here.Name == "debug" ? "Debug" : "Release", $"-p:ArtifactsPath={artifacts}");
        }
    }

    private static string Install(string directory, string feed)
    {
        foreach (string file in (string[])["Fixture.csproj", "Misuses.cs"])
        {
            File.Copy(Path.Combine(s_fixture, file), Path.Combine(directory, file));
        }

        File.WriteAllText(Path.Combine(directory, "nuget.config"), """
            <configuration>
              <packageSources>
                <clear />
                <add key="feed" value="feed" />
              </packageSources>
            </configuration>
            """);
        // Nothing of this repository's own build reaches in here.
        File.WriteAllText(Path.Combine(directory, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(directory, ".editorconfig"), "root = true\n");
        string package = Directory.GetFiles(feed, "Zerocopy.*.nupkg").Select(Path.GetFileName)
            .Single(static name => PackageName().IsMatch(name!))!;
        return $"-p:ZerocopyVersion={PackageName().Match(package).Groups["version"].Value}";
    }

    private static IEnumerable<(int Line, string Id)> Expected()
        => File.ReadLines(Path.Combine(s_fixture, "Misuses.cs"))
            .Select(static (line, i) => (Line: i + 1, Id: Marker().Match(line).Groups["id"].Value))
            .Where(static expected => expected.Id.Length > 0);

    private static IEnumerable<(int Line, string Id)> Found(string log)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(log));
        return [.. document.RootElement.GetProperty("runs")[0].GetProperty("results").EnumerateArray()
            .Select(static result => (
                Line: result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region")
                    .GetProperty("startLine").GetInt32(),
                Id: result.GetProperty("ruleId").GetString()!))
            .Where(static found => found.Id.StartsWith("ZC", StringComparison.Ordinal))
            .Order()];
    }

    [GeneratedRegex(@"^Zerocopy\.(?<version>\d.*)\.nupkg$")]
    private static partial Regex PackageName();

    [GeneratedRegex(@"// (?<id>ZC\d+)$")]
    private static partial Regex Marker();
}
