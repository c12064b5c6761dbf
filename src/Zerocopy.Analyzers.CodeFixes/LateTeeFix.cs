using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1009: attaches the tee before the pipe is used.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class LateTeeFix() : ZerocopyFix(RuleIds.LateTee, "Tee before the pipe is used")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Statement is not { Parent: BlockSyntax block } tee
            || finding.Call() is not (_, { } call)
            || Identity.Of(call.Receiver, finding.Known) is not { } pipe)
        {
            return null;
        }

        int end = block.Statements.IndexOf(tee);
        int start = block.Statements.IndexOf(statement => Uses(statement, pipe, finding));
        if (start < 0 || start >= end || Needs(tee, block.Statements.Skip(start).Take(end - start), finding))
        {
            return null;
        }

        TextSpan moved = finding.LinesOf(tee);
        int position = finding.LinesOf(block.Statements[start]).Start;
        bool isAlone = moved.Start >= block.Statements[end - 1].Span.End && moved.Start > position;
        return isAlone ? [Insert(position, finding.TextOf(moved)), new TextChange(moved, string.Empty)] : null;
    }

    private static bool Uses(StatementSyntax statement, ISymbol pipe, Finding finding)
        => statement.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(
            invocation => finding.Model.GetOperation(invocation) is IInvocationOperation operation
                && LateTeeRule.Uses(operation, pipe, finding.Known));

    // What is declared in between cannot be used above it.
    private static bool Needs(StatementSyntax tee, IEnumerable<StatementSyntax> between, Finding finding)
    {
        HashSet<string> declared = new(
            between.SelectMany(static statement => statement.DescendantNodesAndSelf())
                .Select(node => finding.Model.GetDeclaredSymbol(node)?.Name)
                .OfType<string>(),
            StringComparer.Ordinal);
        return tee.DescendantTokens().Any(
            token => token.IsKind(SyntaxKind.IdentifierToken) && declared.Contains(token.ValueText));
    }
}
