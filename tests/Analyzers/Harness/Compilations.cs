using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Diagnostics.Telemetry;

namespace Zerocopy.Analyzers.Tests;

/// <summary>Compilations that are too large, or too many, for the testing packages.</summary>
internal static class Compilations
{
    internal static CSharpCompilation Of(IEnumerable<string> sources, IEnumerable<MetadataReference>? references = null)
        => CSharpCompilation.Create(
            "Test",
            sources.Select(static (source, i) => CSharpSyntaxTree.ParseText(
                source, new CSharpParseOptions(LanguageVersion.Preview), $"Test{i}.cs")),
            references ?? Verify.References,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The ids that our rules report, after a look that the source compiles.</summary>
    internal static async Task<ImmutableArray<string>> ReportedAsync(params string[] sources)
    {
        CSharpCompilation compilation = Of(sources);
        Assert.Empty(compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error));
        return [.. (await AnalyzeAsync(compilation)).Diagnostics.Select(static found => found.Id)];
    }

    internal static async Task<(ImmutableArray<Diagnostic> Diagnostics, TimeSpan Time)> AnalyzeAsync(
        CSharpCompilation compilation)
    {
        ZerocopyAnalyzer analyzer = new();
        CompilationWithAnalyzers analysis = compilation.WithAnalyzers(
            [analyzer],
            new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]),
                static (exception, _, _) => Assert.Fail(exception.ToString()),
                concurrentAnalysis: false,
                logAnalyzerExecutionTime: true));
        CancellationToken token = TestContext.Current.CancellationToken;
        ImmutableArray<Diagnostic> diagnostics = await analysis.GetAnalyzerDiagnosticsAsync(token);
        AnalyzerTelemetryInfo telemetry = await analysis.GetAnalyzerTelemetryInfoAsync(analyzer, token);
        return (diagnostics, telemetry.ExecutionTime);
    }
}
