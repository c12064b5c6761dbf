using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Zerocopy.Analyzers.Tests;

/// <summary>The examples of the documentation comments compile, and make none of the mistakes that our rules
/// know.</summary>
public sealed partial class ExampleTests
{
    private const int Members = 10; // The most used ones.

    [Fact]
    public async Task Every_example_compiles_and_is_reported_by_no_rule()
    {
        string[] examples = [.. Directory.GetFiles(SourceTree.PathOf("src", "Zerocopy"), "*.cs")
            .SelectMany(static file => Example().Matches(File.ReadAllText(file)))
            .Select(static match => CodeOf(match.Value))];
        Assert.True(examples.Length >= Members, $"{examples.Length} examples");
        Assert.Empty(await Compilations.ReportedAsync([.. examples.Select(Complete)]));
    }

    private static string CodeOf(string comment)
    {
        string xml = string.Join('\n', comment.Split('\n').Select(static line => line.Trim().TrimStart('/')));
        return XElement.Parse(xml).Element("code")!.Value;
    }

    private static string Complete(string example, int index)
    {
        const string Parameters = "Socket client, Socket upstream, NetworkStream network, FileStream recording, "
            + "string path, CancellationToken token";
        string method = example.Contains("await ", StringComparison.Ordinal) ? "async Task" : "void";
        return $"{Wrap.Usings} class Example{index} {{ {method} M({Parameters}) {{ {example} }} }}";
    }

    [GeneratedRegex(@"<example>.*?</example>", RegexOptions.Singleline)]
    private static partial Regex Example();
}
