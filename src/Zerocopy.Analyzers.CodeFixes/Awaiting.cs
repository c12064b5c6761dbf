using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>Puts <c>await</c> before a call that a statement of an async method starts and leaves.</summary>
internal static class Awaiting
{
    /// <returns>Null if it is no such call.</returns>
    internal static TextChange[]? Change(Finding finding)
    {
        if (finding.Call() is not (_, { } call))
        {
            return null;
        }

        Fate fate = Fate.Of(call.Invocation, finding.Known);
        if (fate.Start.Syntax is not ExpressionSyntax start
            || !Tasks.IsInAsyncMethod(fate.Start)
            || !IsLeft(start, fate.Kind))
        {
            return null;
        }

        TextChange awaited = new(new TextSpan(start.SpanStart, 0), "await ");
        bool isRelay = call.Name == "Start" && start == call.Invocation.Syntax;
        return isRelay ? [awaited, new TextChange(new TextSpan(start.Span.End, 0), ".Completion")] : [awaited];
    }

    private static bool IsLeft(ExpressionSyntax start, FateKind kind) => kind switch
    {
        FateKind.Dropped => start.Parent is ExpressionStatementSyntax,
        FateKind.Discarded => start.Parent is AssignmentExpressionSyntax { Parent: ExpressionStatementSyntax },
        FateKind.Forgotten => start.Parent is EqualsValueClauseSyntax
        {
            Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Type.IsVar: true } }
        },
        _ => false,
    };
}
