using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Zerocopy.Packages;

/// <summary>What is in the packages: all that belongs there, and nothing else.</summary>
public sealed partial class ContentTests(PackedFixture packed)
{
    public static TheoryData<string> Ids => ["Zerocopy", "Zerocopy.Server", "Zerocopy.Sys"];

    [Fact]
    public void The_solution_packs_three_packages_and_their_symbols()
        => Assert.Equal(
            from id in Ids.Select(static row => row.Data)
            from extension in (string[])["nupkg", "snupkg"]
            select $"{id}.{packed.Version}.{extension}",
            Directory.GetFileSystemEntries(packed.Feed).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Fact]
    public void Zerocopy_brings_its_analyzers()
    {
        using Package package = packed.Open("Zerocopy");
        Assert.Equal(
            [
                "README.md", "THIRD-PARTY-NOTICES.md", "analyzers/dotnet/cs/Zerocopy.Analyzers.CodeFixes.dll",
                "analyzers/dotnet/cs/Zerocopy.Analyzers.dll", "icon.png", "lib/net10.0/Zerocopy.dll",
                "lib/net10.0/Zerocopy.xml",
            ],
            package.Files);
    }

    [Fact]
    public void Zerocopy_Sys_is_a_library_alone()
    {
        using Package package = packed.Open("Zerocopy.Sys");
        Assert.Equal(
            ["README.md", "icon.png", "lib/net10.0/Zerocopy.Sys.dll", "lib/net10.0/Zerocopy.Sys.xml"], package.Files);
    }

    /// <summary>It uses the engine's internals, which change from one version to the next.</summary>
    [Fact]
    public void Zerocopy_Server_is_a_library_alone_and_wants_exactly_its_engine()
    {
        using Package package = packed.Open("Zerocopy.Server");
        Assert.Equal(
            ["README.md", "icon.png", "lib/net10.0/Zerocopy.Server.dll", "lib/net10.0/Zerocopy.Server.xml"],
            package.Files);
        Assert.Equal([("net10.0", "Zerocopy", $"[{packed.Version}]")], package.Dependencies);
    }

    [Fact]
    public void Zerocopy_depends_on_its_own_Sys_and_Sys_on_nothing()
    {
        using Package zerocopy = packed.Open("Zerocopy"), sys = packed.Open("Zerocopy.Sys");
        Assert.Equal([("net10.0", "Zerocopy.Sys", packed.Version)], zerocopy.Dependencies);
        Assert.Equal([("net10.0", null, null)], sys.Dependencies);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_manifest_says_what_it_is_and_what_one_may_do_with_it(string id)
    {
        using Package package = packed.Open(id);
        Assert.Equal(id, package.Metadata("id"));
        Assert.Equal(packed.Version, package.Metadata("version"));
        Assert.Equal("MIT", package.Metadata("license"));
        Assert.Equal("README.md", package.Metadata("readme"));
        Assert.Equal("icon.png", package.Metadata("icon"));
        Assert.Equal("https://github.com/zerocopy-net/zerocopy", package.Metadata("projectUrl"));
        Assert.All(
            (string[])["authors", "copyright", "description", "tags"],
            name => Assert.NotEqual("", package.Metadata(name)));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_readme_stands_alone(string id)
    {
        using Package package = packed.Open(id);
        string readme = Encoding.UTF8.GetString(package.Read("README.md"));
        Assert.StartsWith($"# {id}\n", readme, StringComparison.Ordinal);
        Assert.DoesNotMatch(RelativeLink(), readme);
    }

    [Fact]
    public void The_readme_of_Zerocopy_shows_code_of_the_README_which_is_compiled()
    {
        using Package package = packed.Open("Zerocopy");
        string all = File.ReadAllText(SourceTree.PathOf("README.md"));
        MatchCollection blocks = CodeBlock().Matches(Encoding.UTF8.GetString(package.Read("README.md")));
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(block.Value, all, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_icon_is_a_small_picture_of_the_size_that_galleries_show(string id)
    {
        using Package package = packed.Open(id);
        ReadOnlySpan<byte> icon = package.Read("icon.png");
        Assert.True(icon[1..].StartsWith("PNG\r\n"u8));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(icon[16..]));
        Assert.Equal(128, BinaryPrimitives.ReadInt32BigEndian(icon[20..]));
        Assert.True(icon.Length < 6 * 1024, $"{icon.Length} bytes");
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_documentation_is_that_of_the_library(string id)
    {
        using Package package = packed.Open(id);
        XElement doc = XDocument.Parse(Encoding.UTF8.GetString(package.Read($"lib/net10.0/{id}.xml"))).Root!;
        Assert.Equal(id, doc.Element("assembly")!.Element("name")!.Value);
        Assert.NotEmpty(doc.Element("members")!.Elements());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_symbols_are_those_of_the_library(string id)
    {
        using Package package = packed.Open(id), symbolPackage = packed.OpenSymbols(id);
        Assert.Equal([$"lib/net10.0/{id}.pdb"], symbolPackage.Files);
        using Symbols symbols = new(
            package.Read($"lib/net10.0/{id}.dll"), symbolPackage.Read($"lib/net10.0/{id}.pdb"));
        Assert.True(symbols.BelongTogether);
        Assert.True(symbols.IsReproducible);
    }

    [GeneratedRegex(@"\]\((?!https:)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex("^```csharp\n.*?^```\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
