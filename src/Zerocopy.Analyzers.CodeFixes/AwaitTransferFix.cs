using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1013: awaits the transfer in the method. One that returns its task becomes async; only where that is the
/// method's one return.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class AwaitTransferFix() : ZerocopyFix(RuleIds.DisposedTooEarly, "Await the transfer")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (Awaiting.Change(finding) is { } change)
        {
            return change;
        }

        if (finding.Call() is not (var syntax, { IsAsync: true } call)
            || syntax.Parent?.FirstAncestorOrSelf<ReturnStatementSyntax>() is not
            {
                Expression: { } returned
            } statement
            || Tasks.Outermost(call.Invocation).Syntax != returned
            || statement.Ancestors().FirstOrDefault(IsFunction) is not { } function
            || Returns(function).Count() != 1
            || Header(function) is not var (position, type, parameters)
            || parameters.Parameters.Any(static parameter => parameter.Modifiers.Any(IsByReference)))
        {
            return null;
        }

        TextChange async = Insert(position, "async ");
        bool givesValue = type.DescendantNodesAndSelf().OfType<GenericNameSyntax>().Any();
        TextChange awaited = givesValue
            ? Insert(returned.SpanStart, "await ")
            : new TextChange(TextSpan.FromBounds(statement.SpanStart, returned.SpanStart), "await ");
        return AsTask(returned, syntax) is { } form
            ? [async, awaited, new TextChange(form, string.Empty)] : [async, awaited];
    }

    // `await` needs no task: `.AsTask()` at the end goes.
    private static TextSpan? AsTask(ExpressionSyntax returned, InvocationExpressionSyntax call)
        => returned is InvocationExpressionSyntax
        {
            Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "AsTask", Expression: { } inner }
        }
            && inner == call ? TextSpan.FromBounds(call.Span.End, returned.Span.End) : null;

    private static bool IsByReference(SyntaxToken modifier)
        => modifier.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword or SyntaxKind.InKeyword;

    private static bool IsFunction(SyntaxNode node)
        => node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax
            or AccessorDeclarationSyntax;

    private static IEnumerable<ReturnStatementSyntax> Returns(SyntaxNode function)
        => function.DescendantNodes(node => node == function || !IsFunction(node)).OfType<ReturnStatementSyntax>();

    private static (int Position, TypeSyntax Type, ParameterListSyntax Parameters)? Header(SyntaxNode function)
        => function switch
        {
            MethodDeclarationSyntax method => (method.ReturnType.SpanStart, method.ReturnType, method.ParameterList),
            LocalFunctionStatementSyntax local => (local.ReturnType.SpanStart, local.ReturnType, local.ParameterList),
            _ => null,
        };
}
