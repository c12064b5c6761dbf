using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1012: awaits what is still on its way. A stored task may be awaited a second time later; a ValueTask
/// may not, so that is left alone.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class AwaitRacingCallFix() : ZerocopyFix(RuleIds.RacingCall, "Await it before the transfer")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Statement is not { } statement
            || finding.Call() is not (_, { } call)
            || !Tasks.IsInAsyncMethod(call.Invocation)
            || call.Endpoints.Find(one => one.Value.Syntax == finding.Expression) is not { Value: not null } end
            || RacingCallRule.PendingOn(end, call) is not { } pending)
        {
            return null;
        }

        IOperation task = Tasks.Outermost(pending);
        if (task.Parent is not IVariableInitializerOperation
            {
                Parent: IVariableDeclaratorOperation { Symbol: var local }
            })
        {
            return task.Syntax is ExpressionSyntax expression ? [Insert(expression.SpanStart, "await ")] : null;
        }

        string wait = $"await {local.Name};{finding.NewLine}{finding.IndentationOf(statement)}";
        return KnownSymbols.Derives(local.Type, finding.Known.Task) ? [Insert(statement.SpanStart, wait)] : null;
    }
}
