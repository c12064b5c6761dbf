// The documents show no C# that is not compiled, and run, here.
using System.Text.RegularExpressions;
using Xunit;
using Zerocopy.Conformance.Meta;
using Zerocopy.Conformance.Samples;

namespace Zerocopy.Conformance.Docs;

public sealed partial class PagesTests
{
    /// <summary>A document and the file with its code.</summary>
    private static readonly (string Document, string File)[] s_pages =
    [
        ("docs/getting-started.md", "Docs/GettingStartedCode.cs"),
        ("docs/concepts.md", "Docs/ConceptsCode.cs"),
        ("docs/recipes/proxy.md", "Docs/ProxyCode.cs"),
        ("docs/recipes/recorder.md", "Docs/RecorderCode.cs"),
        ("docs/recipes/file-server.md", "Docs/FileServerCode.cs"),
        ("docs/recipes/sni.md", "Docs/SniCode.cs"),
        ("docs/recipes/rate-limit.md", "Docs/RateLimitCode.cs"),
        ("docs/recipes/metrics.md", "Docs/MetricsCode.cs"),
    ];

    /// <summary>What other tests compile.</summary>
    private static readonly string[] s_elsewhere = ["docs/coming-from-go.md", "docs/rules/"];

    public static TheoryData<string, string> Pages
    {
        get
        {
            TheoryData<string, string> pages = [];
            foreach ((string document, string file) in s_pages)
            {
                pages.Add(document, file);
            }

            return pages;
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_block_of_CSharp_is_compiled_code(string document, string file)
        => new CompiledCode(document, file).AssertSame();

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_first_block_names_every_namespace_that_the_page_needs(string document, string file)
        => new CompiledCode(document, file).AssertUsings();

    [Fact]
    public void No_other_document_has_CSharp_and_no_block_is_called_otherwise()
    {
        foreach (string path in Directory.EnumerateFiles(
            SourceTree.PathOf("docs"), "*.md", SearchOption.AllDirectories))
        {
            string document = Path.GetRelativePath(SourceTree.Root, path);
            string text = File.ReadAllText(path);
            Assert.False(AnotherName().IsMatch(text), $"{document}: a block of C# begins with ```csharp");
            if (text.Contains("```csharp", StringComparison.Ordinal))
            {
                Assert.True(
                    s_pages.Any(page => page.Document == document)
                        || s_elsewhere.Any(known => document.StartsWith(known, StringComparison.Ordinal)),
                    $"{document} has C# that nothing compiles");
            }
        }
    }

    [GeneratedRegex("^ *```(cs|c#|C#|CSharp)$", RegexOptions.Multiline)]
    private static partial Regex AnotherName();
}
