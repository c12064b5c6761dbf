using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1008: looks whether as many bytes came as were asked for.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class CheckLimitFix() : ZerocopyFix(RuleIds.BoundedResultIgnored, "Check that the limit was reached")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Statement is not ExpressionStatementSyntax statement)
        {
            return null;
        }

        string result = finding.FreshName("result");
        string line = finding.NewLine + finding.IndentationOf(statement);
        string check = $"{line}if ({result}.EndedBy != {finding.Name("Zerocopy.TransferEnd")}.LimitReached)"
            + $"{line}{{{line}    throw new {finding.Name("System.IO.EndOfStreamException")}();{line}}}";
        return
        [
            Insert(statement.SpanStart, $"{finding.Name("Zerocopy.TransferResult")} {result} = "),
            Insert(statement.Span.End, check),
        ];
    }
}
