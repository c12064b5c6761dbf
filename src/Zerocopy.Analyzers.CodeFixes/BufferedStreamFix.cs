using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1002: passes the stream beneath. What was written is flushed first; what was read ahead cannot be
/// given back, so a source that may have been read is left alone.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class BufferedStreamFix() : ZerocopyFix(RuleIds.BufferedStream, "Pass the stream beneath")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        switch (finding.Expression)
        {
            case ObjectCreationExpressionSyntax { ArgumentList.Arguments: { Count: > 0 } arguments } created:
                string beneath = arguments[0].Expression.ToString();
                bool isPart = created.Parent is MemberAccessExpressionSyntax
                    && arguments[0].Expression is not (NameSyntax or MemberAccessExpressionSyntax);
                return [Replace(created, isPart ? $"({beneath})" : beneath)];
            case IdentifierNameSyntax buffered
                when finding.Statement is { } statement
                    && finding.Call() is (_, { } call)
                    && call.Endpoints.Any(end => end.Value.Syntax == buffered && end.Use == EndpointUse.Write)
                    && KnownSymbols.Same(finding.Model.GetTypeInfo(buffered).Type, finding.Known.BufferedStream):
                string flush = $"{buffered}.Flush();{finding.NewLine}{finding.IndentationOf(statement)}";
                return [Insert(statement.SpanStart, flush), Insert(buffered.Span.End, ".UnderlyingStream")];
            default:
                return null;
        }
    }
}
