using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Zerocopy.Analyzers.Tests;

/// <summary>What the analyzers cost a program that has nothing to do with us.</summary>
public sealed class CostTests
{
    private const int Files = 1000;

    // With a reference every call of the program is looked at once; without one nothing is.
    [Theory]
    [InlineData(false, 20)]
    [InlineData(true, 150)]
    public async Task A_thousand_files_without_our_types_cost_next_to_nothing(bool isReferenced, int msMax)
    {
        IEnumerable<MetadataReference> references = Verify.References.Where(
            reference => isReferenced || !reference.Display!.EndsWith("/Zerocopy.dll", StringComparison.Ordinal));
        CSharpCompilation compilation = Compilations.Of(Enumerable.Range(0, Files).Select(FileOf), references);
        Assert.Empty(compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error));

        // Once to be compiled itself. The best of a few: whatever else the machine does only adds to it.
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            (ImmutableArray<Diagnostic> found, TimeSpan time) = await Compilations.AnalyzeAsync(compilation);
            Assert.Empty(found);
            best = time < best ? time : best;
        }

        Assert.True(best.TotalMilliseconds < msMax, $"{best.TotalMilliseconds} ms");
    }

    private static string FileOf(int number) => string.Create(CultureInfo.InvariantCulture, $$"""
        using System.IO;
        using System.Threading.Tasks;

        internal sealed class File{{number}}
        {
            private readonly Stream _stream = new MemoryStream();

            internal async Task<int> Read(string path)
            {
                using StreamReader reader = new(path);
                string text = await reader.ReadToEndAsync();
                _stream.Position = text.Length;
                _stream.WriteByte((byte)text[{{number}} % text.Length]);
                _stream.Flush();
                return path.Trim().Substring(1).GetHashCode() + text.IndexOf('x');
            }
        }
        """);
}
