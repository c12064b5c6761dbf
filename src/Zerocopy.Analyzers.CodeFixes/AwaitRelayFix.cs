using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1018: waits for the relay's end at the end of its block.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class AwaitRelayFix() : ZerocopyFix(RuleIds.RelayNotAwaited, "Await its Completion")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Node.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { } declarator)
        {
            return null;
        }

        BlockSyntax? block = declarator.Parent?.Parent switch
        {
            LocalDeclarationStatementSyntax declaration => declaration.Parent as BlockSyntax,
            UsingStatementSyntax { Statement: BlockSyntax body } => body,
            _ => null,
        };
        string wait = $"await {declarator.Identifier.ValueText}.Completion;";
        return block?.Statements.LastOrDefault() switch
        {
            null => null,
            ReturnStatementSyntax or ThrowStatementSyntax when block.Statements.Last() is var last =>
                [Insert(last.SpanStart, wait + finding.NewLine + finding.IndentationOf(last))],
            var last => [Insert(last.Span.End, finding.NewLine + finding.IndentationOf(last) + wait)],
        };
    }
}
