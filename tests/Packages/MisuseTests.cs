using System.Text.Json;
using System.Text.RegularExpressions;

namespace Zerocopy.Packages;

/// <summary>The analyzers as users get them: installed with the package into a program that does everything wrong once,
/// they report just that, and their fixes mend what they can.</summary>
public sealed partial class MisuseTests(PackedFixture packed)
{
    private static readonly string s_folder = SourceTree.PathOf("tests", "Packages", "Misuses");

    // As the index of the documents has it, which is compared with the analyzer itself elsewhere.
    private static readonly (string Id, bool HasFix)[] s_rules =
    [
        .. IndexRow().Matches(File.ReadAllText(SourceTree.PathOf("docs", "rules", "README.md")))
            .Select(static row => (row.Groups["id"].Value, row.Groups["fix"].Value == "yes")),
    ];

    [Fact]
    public async Task The_packed_analyzers_find_and_fix_each_misuse()
    {
        using Workplace place = new() { KeepsPackages = true };
        place.Adopt("Misuses", packed.Feed, alone: true);
        string version = $"-p:ZerocopyVersion={packed.Version}";
        await place.MustAsync("dotnet", "restore", "Misuses.csproj", version);

        // Most rules warn, some are errors: whether it compiles says nothing. What it found is in the log.
        await place.RunAsync(
            "dotnet", "build", "Misuses.csproj", version, "--no-restore", "-p:ErrorLog=found.sarif%2Cversion=2.1");
        Assert.Equal(Expected(), Found(place.PathOf("found.sarif")));
        Assert.Equal(
            s_rules.Select(static rule => rule.Id),
            Expected().Select(static expected => expected.Id).Order(StringComparer.Ordinal));

        await place.MustAsync(
            "dotnet",
            ["format", "analyzers", "Misuses.csproj", "--no-restore", "--severity", "info", "--diagnostics",
                .. s_rules.Select(static rule => rule.Id)]);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(s_folder, "Misuses.fixed.txt")),
            await File.ReadAllTextAsync(place.PathOf("Misuses.cs")));

        // What is left is what has no fix.
        await place.RunAsync(
            "dotnet", "build", "Misuses.csproj", version, "--no-restore", "-p:ErrorLog=left.sarif%2Cversion=2.1");
        Assert.Equal(
            s_rules.Where(static rule => !rule.HasFix).Select(static rule => rule.Id),
            Found(place.PathOf("left.sarif")).Select(static found => found.Id).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<(int Line, string Id)> Expected()
        => File.ReadLines(Path.Combine(s_folder, "Misuses.cs"))
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

    [GeneratedRegex(@"^\| \[(?<id>ZC\d+)\].* \| (?<fix>yes|no) \|$", RegexOptions.Multiline)]
    private static partial Regex IndexRow();

    [GeneratedRegex(@"// (?<id>ZC\d+)$")]
    private static partial Regex Marker();
}
