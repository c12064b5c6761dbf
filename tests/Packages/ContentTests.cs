using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Zerocopy.Packages;

/// <summary>What is in the packages: all that belongs there, and nothing else.</summary>
public sealed partial class ContentTests(PackedFixture packed)
{
    private const string Project = "https://github.com/zerocopy-net/zerocopy";

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
                "analyzers/dotnet/cs/Zerocopy.Analyzers.dll", "icon.png", .. Libraries("Zerocopy", "dll", "xml"),
            ],
            package.Files);
    }

    [Fact]
    public void Zerocopy_Sys_is_a_library_alone()
    {
        using Package package = packed.Open("Zerocopy.Sys");
        Assert.Equal(["README.md", "icon.png", .. Libraries("Zerocopy.Sys", "dll", "xml")], package.Files);
    }

    /// <summary>It uses the engine's internals, which change from one version to the next.</summary>
    [Fact]
    public void Zerocopy_Server_is_a_library_alone_and_wants_exactly_its_engine()
    {
        using Package package = packed.Open("Zerocopy.Server");
        Assert.Equal(["README.md", "icon.png", .. Libraries("Zerocopy.Server", "dll", "xml")], package.Files);
        Assert.Equal(
            [
                ("net10.0", "Zerocopy", $"[{packed.Version}]"), ("net8.0", "System.IO.Pipelines", "8.0.0"),
                ("net8.0", "Zerocopy", $"[{packed.Version}]"),
            ],
            package.Dependencies.Order());
    }

    /// <summary>Pipelines are a part of later frameworks, and a package for net8.0.</summary>
    [Fact]
    public void Zerocopy_depends_on_its_own_Sys_and_on_net8_on_pipelines_and_Sys_on_nothing()
    {
        using Package zerocopy = packed.Open("Zerocopy"), sys = packed.Open("Zerocopy.Sys");
        Assert.Equal(
            [
                ("net10.0", "Zerocopy.Sys", packed.Version), ("net8.0", "System.IO.Pipelines", "8.0.0"),
                ("net8.0", "Zerocopy.Sys", packed.Version),
            ],
            zerocopy.Dependencies.Order());
        Assert.Equal([("net10.0", null, null), ("net8.0", null, null)], sys.Dependencies.Order());
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
        Assert.Equal(Project, package.Metadata("projectUrl"));
        Assert.Equal("git", package.Repository("type"));
        Assert.Equal(Project, package.Repository("url"));
        Assert.Equal($"{Project}/blob/main/CHANGELOG.md", package.Metadata("releaseNotes"));
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
    public void The_documentation_is_that_of_the_library_and_of_what_its_users_see(string id)
    {
        using Package package = packed.Open(id);
        (string Name, bool IsType)[] surface = [.. Surface(id)];
        Assert.All(Package.Frameworks, framework =>
        {
            XElement doc = XDocument.Parse(Encoding.UTF8.GetString(package.Read($"lib/{framework}/{id}.xml"))).Root!;
            Assert.Equal(id, doc.Element("assembly")!.Element("name")!.Value);
            string[] documented = [.. doc.Element("members")!.Elements().Select(NameOf)];
            Assert.Empty(documented.Except(surface.Select(static member => member.Name)));
            IEnumerable<string> types = surface.Where(static member => member.IsType).Select(static type => type.Name);
            Assert.Empty(types.Except(documented)); // And nothing is missing: each type has to be documented.
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_symbols_are_those_of_the_library(string id)
    {
        using Package package = packed.Open(id), symbolPackage = packed.OpenSymbols(id);
        Assert.Equal(Libraries(id, "pdb"), symbolPackage.Files);
        Assert.All(Package.Frameworks, framework =>
        {
            using Symbols symbols = new(
                package.Read($"lib/{framework}/{id}.dll"), symbolPackage.Read($"lib/{framework}/{id}.pdb"));
            Assert.True(symbols.BelongTogether);
            Assert.True(symbols.IsReproducible);
        });
    }

    private static IEnumerable<string> Libraries(string id, params string[] extensions)
        => from framework in Package.Frameworks
           from extension in extensions
           select $"lib/{framework}/{id}.{extension}";

    /// <summary>The names of what is public, as the list has it that the compiler compares; written as the ids of
    /// documentation have them.</summary>
    private static IEnumerable<(string Name, bool IsType)> Surface(string id)
        => from kind in (string[])["Shipped", "Unshipped"]
           from line in File.ReadLines(SourceTree.PathOf("src", id, $"PublicAPI.{kind}.txt"))
           let plain = line.Replace("implicit operator ", "op_Implicit(", StringComparison.Ordinal)
               .Replace("operator ==(", "op_Equality(", StringComparison.Ordinal)
               .Replace("operator !=(", "op_Inequality(", StringComparison.Ordinal)
               .Replace("this[", "Item(", StringComparison.Ordinal)
           let name = SurfaceLine().Match(plain).Groups["name"].Value
           where name.Length > 0
           select (name, !line.Contains("->", StringComparison.Ordinal));

    private static string NameOf(XElement member)
    {
        string[] parts = MemberId().Match((string)member.Attribute("name")!).Groups["name"].Value.Split('.');
        return string.Join('.', parts.Select((part, i) => part == "#ctor" ? parts[i - 1] : part));
    }

    [GeneratedRegex(@"^[A-Z]:(?<name>[\w.#]+)")]
    private static partial Regex MemberId();

    [GeneratedRegex(@"^((static|override|virtual|const|readonly) )*(?<name>[\w.]+?)(\.(get|set|init))?(\(| ->| =|$)")]
    private static partial Regex SurfaceLine();

    [GeneratedRegex(@"\]\((?!https:)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex("^```csharp\n.*?^```\n", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
