// docs/ARCHITECTURE.md speaks of the code as it is.
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Harness;
using Zerocopy.Conformance.Meta;

namespace Zerocopy.Conformance.Samples;

[KernelOnly(Why.NotTheLibrary)]
public sealed partial class ArchitectureTests
{
    // Where a path in the text may start.
    private static readonly string[] s_bases = ["", "src/Zerocopy", "src/Zerocopy/Flow"];

    private static readonly string s_text = File.ReadAllText(SourceTree.PathOf("docs", "ARCHITECTURE.md"));

    [Fact]
    public void Every_file_that_it_names_is_there()
    {
        string[] paths = [.. Code().Matches(s_text).Select(match => match.Groups["code"].Value)
            .Where(code => code.Contains('/', StringComparison.Ordinal))];
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(
            s_bases.Any(start => Path.Exists(SourceTree.PathOf(start, path.TrimEnd('/')))), path));
    }

    [Fact]
    public void Every_name_that_it_uses_is_in_the_code()
    {
        HashSet<string> known = [];
        foreach (string path in Directory.EnumerateFiles(SourceTree.PathOf("src"), "*.cs", SearchOption.AllDirectories))
        {
            known.UnionWith(Name().Matches(File.ReadAllText(path)).Select(match => match.Value));
        }

        string[] unknown = [.. Code().Matches(s_text).Select(match => match.Groups["code"].Value)
            .Where(code => !code.Contains('/', StringComparison.Ordinal))
            .SelectMany(code => Name().Matches(code).Select(match => match.Value))
            .Where(name => char.IsUpper(name[0]) && !known.Contains(name))
            .Distinct()];
        Assert.Equal(["Harness"], unknown); // A folder of the tests.
    }

    [GeneratedRegex("(?<!`)`(?<code>[^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("[A-Za-z_]\\w*")]
    private static partial Regex Name();
}
