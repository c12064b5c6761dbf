using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1029: an awaited CopyToAsync becomes a transfer, two opposite ones a relay.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class StreamCopyFix() : ZerocopyFix(RuleIds.StreamCopy, "Move the bytes with Zerocopy")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Node is not InvocationExpressionSyntax syntax
            || finding.Model.GetOperation(syntax) is not IInvocationOperation invocation
            || StreamCopyRule.OfDescriptors(invocation, finding.Known) is not { } flow)
        {
            return null;
        }

        if (BothWays.Of(flow, finding.Known, StreamCopyRule.OfDescriptors) is { } both)
        {
            return Relaying.Change(both, finding);
        }

        if (Tasks.Outermost(invocation).Parent is not IAwaitOperation { Parent: IExpressionStatementOperation }
            || syntax.Expression is not MemberAccessExpressionSyntax)
        {
            return null; // A task that goes on somewhere is one of .NET's.
        }

        string token = finding.TokenOf(invocation) is { } passed ? $", cancellationToken: {passed}" : string.Empty;
        string ends = $"{flow.Source.Syntax}, {flow.Destination.Syntax}";
        return [Replace(syntax, $"{finding.Name(finding.Known.Transfer)}.CopyAsync({ends}{token})")];
    }
}
