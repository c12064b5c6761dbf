using System.Globalization;
using System.Text.RegularExpressions;

namespace Zerocopy.Packages;

/// <summary>A new console project installs the package from a folder, is built, published, and runs.</summary>
public sealed partial class ConsumerTests(PackedFixture packed)
{
    private const string Compiler = "gcc";

    [Fact]
    public async Task A_new_project_builds_with_the_package_and_its_bytes_stay_in_the_kernel()
    {
        using Workplace place = new() { KeepsPackages = true };
        place.Adopt("Consumer", packed.Feed, alone: true);
        string said = await place.MustAsync("dotnet", "build", $"-p:ZerocopyVersion={packed.Version}", "-o", "built");
        Assert.Contains(" 0 Warning(s)", said, StringComparison.Ordinal);
        AssertMoved(await place.MustAsync("dotnet", Path.Combine("built", "Consumer.dll")));
    }

    [Fact]
    public async Task Trimmed_it_does_the_same_and_no_part_of_the_package_is_warned_of()
    {
        using Workplace place = new();
        await PublishAsync(place, "-p:PublishTrimmed=true", "-p:SelfContained=true");
        AssertMoved(await place.MustAsync(place.PathOf("published", "Consumer")));
    }

    /// <summary>With a runtime of its own, which is a package: it is that of net8.0, whatever this machine
    /// has.</summary>
    [Theory]
    [InlineData("-p:PublishTrimmed=false")]
    [InlineData("-p:PublishTrimmed=true")]
    public async Task On_net8_it_does_the_same(string how)
    {
        using Workplace place = new();
        await PublishAsync(place, "-p:TargetFramework=net8.0", "-p:SelfContained=true", how);
        string said = await place.MustAsync(place.PathOf("published", "Consumer"));
        Assert.StartsWith("on 8.0.", said, StringComparison.Ordinal);
        AssertMoved(said);
    }

    [Fact]
    public async Task As_native_code_it_does_the_same_and_no_part_of_the_package_is_warned_of()
    {
        using Workplace place = new();
        Assert.SkipUnless(await place.HasAsync(Compiler), $"{Compiler}, which links, is not installed");
        await PublishAsync(place, "-p:PublishAot=true", $"-p:CppCompilerAndLinker={Compiler}");
        Assert.Empty(Directory.GetFiles(place.PathOf("published"), "*.dll"));
        AssertMoved(await place.MustAsync(place.PathOf("published", "Consumer")));
    }

    // The runtime and the native compiler are packages as well, of 90 MB: they are found, or put, where the user's are.
    private async Task PublishAsync(Workplace place, params string[] how)
    {
        place.Adopt("Consumer", packed.Feed, alone: false);
        string[] options = [$"-p:ZerocopyVersion={packed.Version}", .. how];
        try
        {
            await place.MustAsync("dotnet", ["restore", .. options]);
            string said = await place.MustAsync("dotnet", ["publish", "--no-restore", "-o", "published", .. options]);
            Assert.DoesNotContain("warning", said, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            packed.UninstallAtTheEnd(place.PathOf("obj", "project.assets.json"));
        }
    }

    private static void AssertMoved(string said)
    {
        Dictionary<string, long> bytes = Count().Matches(said).ToDictionary(
            static count => count.Groups["how"].Value,
            static count => long.Parse(count.Groups["bytes"].ValueSpan, CultureInfo.InvariantCulture));
        Assert.Equal(["sendfile", "served", "spliced", "teed"], bytes.Keys.Order(StringComparer.Ordinal));
        Assert.All(bytes, static count => Assert.True(count.Value > 0, count.Key));
    }

    [GeneratedRegex(@"^(?<how>\w+) (?<bytes>\d+)$", RegexOptions.Multiline)]
    private static partial Regex Count();
}
