using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1028: flushes the writer before the transfer.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class FlushWriterFix() : ZerocopyFix(RuleIds.UnflushedWriter, "Flush it before the transfer")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Statement is not { } statement
            || finding.Call() is not (_, { } call)
            || call.Endpoints.Find(end => end.Value.Syntax == finding.Expression) is not { Value: { } end }
            || UnflushedWriterRule.WriterOf(end, call) is not { } writer)
        {
            return null;
        }

        string flush = Tasks.IsInAsyncMethod(call.Invocation)
            ? $"await {writer.Name}.FlushAsync();" : $"{writer.Name}.Flush();";
        return [Insert(statement.SpanStart, flush + finding.NewLine + finding.IndentationOf(statement))];
    }
}
