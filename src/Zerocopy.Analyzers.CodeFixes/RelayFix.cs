using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace Zerocopy.Analyzers.CodeFixes;

/// <summary>ZC1017: <c>await Task.WhenAll(there, back)</c> becomes a relay. Only in this form, and without
/// options.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
public sealed class RelayFix() : ZerocopyFix(RuleIds.OppositeTransfers, "Use Relay.RunAsync")
{
    private protected override TextChange[]? Fix(Finding finding)
    {
        if (finding.Call() is not (var syntax, { OptionsValue: null } second)
            || syntax.FirstAncestorOrSelf<ArgumentSyntax>() is not
            {
                Parent.Parent: InvocationExpressionSyntax
                {
                    ArgumentList.Arguments: [var first, var last],
                    Parent: AwaitExpressionSyntax { Parent: ExpressionStatementSyntax }
                } whenAll
            }
            || !last.Span.Contains(syntax.Span)
            || finding.Model.GetOperation(whenAll) is not IInvocationOperation { TargetMethod.Name: "WhenAll" }
            || first.DescendantNodes().OfType<InvocationExpressionSyntax>()
                .Select(node => finding.Model.GetOperation(node) as IInvocationOperation)
                .Select(node => node is null ? null : EndpointCall.Read(node, finding.Known))
                .FirstOrDefault(call => call is { IsTransfer: true, OptionsValue: null }) is not { } there
            || TokenOf(there) != TokenOf(second))
        {
            return null;
        }

        string token = TokenOf(there) is { } passed ? $", cancellationToken: {passed}" : string.Empty;
        string run = $"{finding.Name(finding.Known.Relay)}.RunAsync(";
        return [Replace(whenAll, $"{run}{there.Endpoints[0].Value.Syntax}, {there.Endpoints[1].Value.Syntax}{token})")];
    }

    private static string? TokenOf(EndpointCall call)
        => call.Invocation.Arguments.FirstOrDefault(argument =>
            argument.ArgumentKind == ArgumentKind.Explicit
                && KnownSymbols.Same(argument.Parameter?.Type, call.Known.CancellationToken))?.Value.Syntax.ToString();
}
