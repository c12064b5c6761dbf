using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;

namespace Zerocopy.Analyzers.Tests;

/// <summary>Compiles a piece of C# with all our rules on. <c>{|ZC1001:text|}</c> marks what must be reported; nothing
/// else may be, by no rule.</summary>
internal static class Verify
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(60);
    private static readonly ReferenceAssemblies s_none = new("net10.0");

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => path.Contains("/Microsoft.NETCore.App/", StringComparison.Ordinal))
            .Append(typeof(Transfer).Assembly.Location)
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    internal static ImmutableArray<MetadataReference> References => s_references;

    /// <summary>The statements of a method that is not async.</summary>
    internal static Task Body(string statements) => File(Wrap.Body(statements));

    /// <summary>The statements of an async method.</summary>
    internal static Task AsyncBody(string statements) => File(Wrap.AsyncBody(statements));

    /// <summary>A whole file but for the usings.</summary>
    internal static Task File(
        string source,
        LanguageVersion version = LanguageVersion.Preview,
        OutputKind output = OutputKind.DynamicallyLinkedLibrary,
        string fileName = "Test0.cs",
        string head = "")
    {
        AnalyzerTest test = new(version) { TestState = { OutputKind = output } };
        test.TestState.Sources.Add((fileName, head + Wrap.Usings + source));
        test.TestState.AdditionalReferences.AddRange(s_references);
        return test.RunAsync(TestContext.Current.CancellationToken).WaitAsync(s_timeout);
    }

    /// <summary>The statements of a method and what they have become once the fix was applied to each finding, and once
    /// to all of them.</summary>
    internal static Task Fix<TFix>(string statements, string become)
        where TFix : CodeFixProvider, new()
        => FixFile<TFix>(Wrap.Body(statements), Wrap.Body(become));

    internal static Task AsyncFix<TFix>(string statements, string become)
        where TFix : CodeFixProvider, new()
        => FixFile<TFix>(Wrap.AsyncBody(statements), Wrap.AsyncBody(become));

    /// <summary>There is nothing that the fix offers for this.</summary>
    internal static Task NoFix<TFix>(string statements)
        where TFix : CodeFixProvider, new()
        => FixFile<TFix>(Wrap.Body(statements), Wrap.Body(statements));

    internal static Task FixFile<TFix>(
        string source, string become, LanguageVersion version = LanguageVersion.Preview, int? iterations = null)
        where TFix : CodeFixProvider, new()
    {
        FixTest<TFix> test = new(version)
        {
            TestCode = Wrap.Usings + source,
            FixedCode = Wrap.Usings + become,
            NumberOfIncrementalIterations = iterations,
        };
        test.TestState.AdditionalReferences.AddRange(s_references);
        test.FixedState.AdditionalReferences.AddRange(s_references);
        return test.RunAsync(TestContext.Current.CancellationToken).WaitAsync(s_timeout);
    }

    private static CSharpCompilationOptions Options(CSharpCompilationOptions options)
        => options.WithNullableContextOptions(NullableContextOptions.Enable).WithAllowUnsafe(true);

    private sealed class AnalyzerTest : CSharpAnalyzerTest<ZerocopyAnalyzer, DefaultVerifier>
    {
        private readonly LanguageVersion _version;

        internal AnalyzerTest(LanguageVersion version)
        {
            _version = version;
            ReferenceAssemblies = s_none;
        }

        protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(_version);

        protected override CompilationOptions CreateCompilationOptions()
            => _version < LanguageVersion.CSharp8
                ? base.CreateCompilationOptions() : Options((CSharpCompilationOptions)base.CreateCompilationOptions());
    }

    private sealed class FixTest<TFix> : CSharpCodeFixTest<ZerocopyAnalyzer, TFix, DefaultVerifier>
        where TFix : CodeFixProvider, new()
    {
        private readonly LanguageVersion _version;

        internal FixTest(LanguageVersion version)
        {
            _version = version;
            ReferenceAssemblies = s_none;
        }

        protected override ParseOptions CreateParseOptions() => new CSharpParseOptions(_version);

        protected override CompilationOptions CreateCompilationOptions()
            => _version < LanguageVersion.CSharp8
                ? base.CreateCompilationOptions() : Options((CSharpCompilationOptions)base.CreateCompilationOptions());
    }
}
