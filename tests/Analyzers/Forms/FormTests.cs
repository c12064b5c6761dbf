using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.Tests;

/// <summary>The forms in which programs write what the rules are about: how many of them are found, how many are
/// missed, and that nothing is said of the right ones.</summary>
public sealed class FormTests(ITestOutputHelper output)
{
    private const int FormsMin = 200;
    private const int PatternsMin = 30;

    [Fact]
    public async Task Nothing_is_false_and_what_is_missed_is_known()
    {
        List<Form> forms = Form.ReadAll();
        Assert.Equal(forms.Count, forms.Select(static form => form.Name).Distinct().Count());
        HashSet<(string Id, TextSpan Span)>[] reported = await ReportedAsync(forms);
        List<string> wrong = [];
        for (int i = 0; i < forms.Count; i++)
        {
            Form form = forms[i];
            wrong.AddRange(reported[i].Except(form.Found).Except(form.Missed).Select(one => Say("false", form, one)));
            wrong.AddRange(form.Found.Except(reported[i]).Select(one => Say("lost", form, one)));
            wrong.AddRange(form.Missed.Intersect(reported[i]).Select(one => Say("missed no longer", form, one)));
        }

        int found = forms.Sum(static form => form.Found.Count);
        int missed = forms.Sum(static form => form.Missed.Count);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{forms.Count} forms, {forms.Count(static form => form.IsPattern)} of them patterns: {found} found, "
                + $"{missed} missed, {wrong.Count} false or changed"));
        Assert.Equal(string.Empty, string.Join('\n', wrong));
        Assert.InRange(forms.Count, FormsMin, int.MaxValue);
        Assert.InRange(forms.Count(static form => form.IsPattern), PatternsMin, int.MaxValue);
    }

    [Fact]
    public void What_is_missed_is_in_the_documents()
    {
        IEnumerable<string> missed = Form.ReadAll().Where(static form => form.Missed.Count > 0)
            .Select(static form => $"- {form.Name} ({string.Join(", ", form.Missed.Select(static one => one.Id))})");
        string[] lines = File.ReadAllLines(SourceTree.PathOf("docs", "rules", "README.md"));
        Assert.Equal(missed, lines.Where(static line => line.StartsWith("- ", StringComparison.Ordinal)));
    }

    // Each in a namespace of its own, all in one compilation.
    private static async Task<HashSet<(string Id, TextSpan Span)>[]> ReportedAsync(List<Form> forms)
    {
        CSharpCompilation compilation = Compilations.Of(
            forms.Select(static form => form.Text), [.. Verify.References, Stubs.AspNetCore]);
        Assert.Empty(compilation.GetDiagnostics()
            .Where(static found => found.Severity == DiagnosticSeverity.Error)
            .Select(found => forms[IndexOf(found)].Name + ": " + found.GetMessage(CultureInfo.InvariantCulture)));
        ImmutableArray<Diagnostic> diagnostics = (await Compilations.AnalyzeAsync(compilation)).Diagnostics;
        ILookup<int, (string, TextSpan)> reported = diagnostics.ToLookup(
            IndexOf, static found => (found.Id, found.Location.SourceSpan));
        return [.. forms.Select((_, i) => reported[i].ToHashSet())];

        int IndexOf(Diagnostic found) => compilation.SyntaxTrees.IndexOf(found.Location.SourceTree!);
    }

    private static string Say(string what, Form form, (string Id, TextSpan Span) one)
        => $"{what}: {form.Name}: {one.Id} at '{form.Text.AsSpan(one.Span.Start, one.Span.Length)}'";
}
