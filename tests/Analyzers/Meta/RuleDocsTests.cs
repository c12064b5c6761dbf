using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Zerocopy.Analyzers.CodeFixes;

namespace Zerocopy.Analyzers.Tests;

/// <summary>The rules, their documents, the ledger of releases and the fixes say the same.</summary>
public sealed partial class RuleDocsTests
{
    private static readonly string s_docs = SourceTree.PathOf("docs", "rules");

    private static readonly HashSet<string> s_fixed = [.. typeof(ZerocopyFix).Assembly.GetTypes()
        .Where(static type => !type.IsAbstract && type.IsSubclassOf(typeof(ZerocopyFix)))
        .SelectMany(static type => ((ZerocopyFix)Activator.CreateInstance(type)!).FixableDiagnosticIds)];

    public static TheoryData<string> Ids => [.. new ZerocopyAnalyzer().SupportedDiagnostics.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_its_document(string id)
    {
        DiagnosticDescriptor rule = RuleOf(id);
        string[] lines = File.ReadAllLines(Path.Combine(s_docs, id + ".md"));
        Assert.Equal($"# {id}: {rule.Title}", lines[0]);
        Assert.Contains($"| {rule.DefaultSeverity} | {rule.Category} | {Fix(id)} |", lines);
        Assert.Equal(["## What", "## Why", "## Example", "## Fix", "## When to suppress it"],
            lines.Where(static line => line.StartsWith("## ", StringComparison.Ordinal)));
        Assert.Equal($"https://github.com/zerocopy-net/zerocopy/blob/main/docs/rules/{id}.md", rule.HelpLinkUri);
        Assert.True(rule.IsEnabledByDefault);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_is_in_the_index_and_in_the_ledger(string id)
    {
        DiagnosticDescriptor rule = RuleOf(id);
        string category = rule.Category.Replace("Zerocopy.", string.Empty, StringComparison.Ordinal);
        Assert.Contains(
            $"| [{id}]({id}.md) | {rule.Title} | {rule.DefaultSeverity} | {category} | {Fix(id)} |",
            File.ReadAllLines(Path.Combine(s_docs, "README.md")));
        string ledger = string.Concat(new[] { "Shipped", "Unshipped" }.Select(static kind => File.ReadAllText(
            SourceTree.PathOf("src", "Zerocopy.Analyzers", $"AnalyzerReleases.{kind}.md"))));
        string row = $"{id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}";
        Assert.Contains(row, ledger, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_first_example_is_reported_and_the_second_is_not(string id)
    {
        string[] examples = [.. CodeBlock().Matches(File.ReadAllText(Path.Combine(s_docs, id + ".md")))
            .Select(static match => match.Groups["code"].Value)];
        Assert.Equal(2, examples.Length);
        Assert.Equal([id], (await Compilations.ReportedAsync(Complete(examples[0]))).Distinct());
        Assert.Empty(await Compilations.ReportedAsync(Complete(examples[1])));
    }

    [Fact]
    public async Task What_the_README_shows_as_a_mistake_is_reported_and_the_rest_is_not()
    {
        string[] examples = [.. CodeBlock().Matches(File.ReadAllText(SourceTree.PathOf("README.md")))
            .Select(static match => match.Groups["code"].Value)
            .Where(static code => code.StartsWith("static ", StringComparison.Ordinal))];
        string[] said = [.. examples.SelectMany(static code => RuleId().Matches(code)).Select(static id => id.Value)];
        Assert.NotEmpty(said);
        Assert.Equal(
            said, await Compilations.ReportedAsync([.. examples.Select((code, i) => Complete(code, $"C{i}"))]));
    }

    [Fact]
    public void There_is_no_document_without_a_rule_and_no_id_twice()
    {
        string[] ids = [.. Ids.Select(static row => row.Data)];
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(
            ["README", .. ids],
            Directory.GetFiles(s_docs).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));
        Assert.Equal(
            typeof(RuleIds).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
                .Select(static field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal),
            ids);
        Assert.Subset(ids.ToHashSet(), s_fixed);
    }

    private static DiagnosticDescriptor RuleOf(string id)
        => new ZerocopyAnalyzer().SupportedDiagnostics.Single(rule => rule.Id == id);

    private static bool HasFix(string id) => s_fixed.Contains(id);

    private static string Fix(string id) => HasFix(id) ? "yes" : "no";

    private static string Complete(string example, string type = "C")
    {
        const string Parameters = "Socket client, Socket upstream, NetworkStream network, FileStream file, Pipe pipe, "
            + "Pipe log, string path, byte[] buffer, CancellationToken token";
        string members = example.StartsWith("static ", StringComparison.Ordinal) ? example
            : example.Contains("await ", StringComparison.Ordinal)
                ? $"async Task M({Parameters.Replace("Pipe log, ", "", StringComparison.Ordinal)}) {{ {example} }}"
                : example.Contains(" log =", StringComparison.Ordinal)
                    ? $"void M({Parameters.Replace("Pipe log, ", "", StringComparison.Ordinal)}) {{ {example} }}"
                    : $"void M({Parameters}) {{ {example} }}";
        return $"{Wrap.Usings} class {type} {{ {members} }}";
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\bZC\d{4}\b")]
    private static partial Regex RuleId();
}
